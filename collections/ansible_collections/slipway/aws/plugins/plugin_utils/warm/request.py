"""What goes over the server's socket: a module run, in one message with its streams, and the answer."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Descriptors that go with a request: the memory file, then what become standard input, output and error.
DESCRIPTORS = 4
#: What the server says when it listens.
READY = b"ready\n"
#: Module runs that may wait to be taken: more than anybody has forks.
BACKLOG = 512


@dataclass(frozen=True)
class Request:
    """What a fork needs to be the process that Ansible's shell would have started.

    Attributes:
        script: the file that the wrapper stands in; empty where it comes through standard input.
        directory: the working directory.
        umask: the mask of new files.
        environment: that of the process which runs the shell.
        task: what the task adds to it.
    """

    script: str
    directory: str
    umask: int
    environment: dict[str, str]
    task: dict[str, str]


def listen(directory: Path) -> socket.socket:
    """Return a socket that listens in the run's directory."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with _short(directory) as name:
        listener.bind(name)
    listener.listen(BACKLOG)
    return listener


def connect(directory: Path) -> socket.socket | None:
    """Return a connection to the server of the run, ``None`` where none listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _short(directory) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        return None
    return connection


def send(connection: socket.socket, request: Request, source: bytes, streams: tuple[int, int, int]) -> None:
    """Send a request with its three streams in one message: the server gets all of it or nothing."""
    memory = os.memfd_create("slipway-module")
    try:
        with os.fdopen(memory, "wb", closefd=False) as file:
            file.write(json.dumps(asdict(request)).encode() + b"\n" + source)
        socket.send_fds(connection, [b"run"], [memory, *streams])
    finally:
        os.close(memory)


def receive(connection: socket.socket) -> tuple[Request, bytes, list[int]] | None:
    """Return a request, its source and its streams, which are the caller's to close; ``None`` when nobody asks."""
    _, descriptors, _, _ = socket.recv_fds(connection, 16, DESCRIPTORS)
    if len(descriptors) != DESCRIPTORS:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    with os.fdopen(descriptors[0], "rb") as file:
        file.seek(0)
        request = Request(**json.loads(file.readline()))
        return request, file.read(), descriptors[1:]


def answer(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send ``{"code": ...}`` or ``{"declined": reason}``, the last word on a connection."""
    with contextlib.suppress(OSError):  # nobody waits any more
        connection.send(json.dumps(message).encode())
    connection.close()


def await_answer(connection: socket.socket) -> dict[str, Any]:
    """Return the answer, empty where the server ended without one."""
    try:
        return dict(json.loads(connection.recv(4096) or b"{}"))
    except ConnectionError:
        return {}


@contextlib.contextmanager
def _short(directory: Path) -> Iterator[str]:
    """Give a name to the socket that fits into the 107 bytes which it may have, however deep the directory lies."""
    descriptor = os.open(directory, os.O_PATH)
    try:
        yield f"/proc/self/fd/{descriptor}/warm.socket"
    finally:
        os.close(descriptor)
