"""Connections are told apart by both of their ends."""

from __future__ import annotations

import os
import socket

from rehearsal.databases.peers import process_of


def test_finds_the_process_where_a_port_is_used_twice() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.2", 0)) as two,
        socket.create_connection(one.getsockname()) as first,
        socket.socket() as second,
    ):
        # Another address at this end, the same port: what a machine with many connections has.
        second.bind(("127.0.0.9", first.getsockname()[1]))
        second.connect(two.getsockname())
        for client in (first, second):
            assert process_of((client.getsockname(), client.getpeername()), [1, os.getpid()]) == os.getpid()
        assert process_of((first.getsockname(), second.getpeername()), [os.getpid()]) is None


def test_only_candidates_are_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert process_of((client.getsockname(), client.getpeername()), []) is None
