"""The warm Python of one run: has boto3, learns ``module_utils``, forks for each module run, ends with the run.

Started by the first module run (see ``client.py``). It logs nothing: what modules are given may be secret.
"""

from __future__ import annotations

import contextlib
import functools
import json
import mmap
import os
import selectors
import shutil
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from . import fork, models
from .command import payload
from .payloads import ROOTS, Payloads, forget_all_but
from .request import READY, Request, answer, listen, receive


@dataclass
class Forked:
    """A module run on its way: its process, who waits for it, and the memory in which it tells what models it read."""

    pid: int
    process: int
    connection: socket.socket
    told: mmap.mmap

    def kill(self) -> None:
        """Kill it and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Server:
    """Forks on request until the controller is gone.

    Args:
        directory: the run's directory, in which the socket appears.
        controller: the process id of ``ansible-playbook``.
        shell: what the shell does to an environment.
    """

    def __init__(self, directory: Path, controller: int, shell: fork.Shell) -> None:
        self._shell = shell
        self._payloads = Payloads(directory / "warm")
        self._forks: list[Forked] = []
        self._ended = False
        self._selector = selectors.DefaultSelector()
        self._listener = listen(directory)
        self._watch(os.pidfd_open(controller), self._end)
        self._watch(self._listener, self._accept)

    def serve(self) -> tuple[Request, bytes] | None:
        """Return ``None`` when the run has ended and, in a fork, what the fork is to run."""
        while not self._ended:
            for key, _ in self._selector.select():
                forked: tuple[Request, bytes] | None = key.data()
                if forked or self._ended:
                    return forked
        return None

    def _watch(self, file: int | socket.socket, act: functools.partial[object] | object) -> None:
        self._selector.register(file, selectors.EVENT_READ, act)

    def _end(self) -> None:
        self._ended = True
        for forked in self._forks:
            forked.kill()
        self._close()

    def _close(self) -> None:
        """Close every descriptor: each is watched."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
            else:
                os.close(key.fd)
        self._selector.close()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        self._watch(connection, functools.partial(self._take, connection))

    def _take(self, connection: socket.socket) -> tuple[Request, bytes] | None:
        self._selector.unregister(connection)
        if received := receive(connection):
            return self._fork(connection, *received)
        connection.close()
        return None

    def _fork(
        self, connection: socket.socket, request: Request, source: bytes, streams: list[int]
    ) -> tuple[Request, bytes] | None:
        kept = self._payloads.learn(payload(source) or b"")
        told, server, pid = models.new_memory(), os.getpid(), self._process(connection, request)
        if pid == 0:
            fork.die_with(server)
            connection.close()
            self._close()
            fork.become(request, self._shell, streams)
            forget_all_but(kept, self._payloads.store)
            return request, source
        for stream in streams:
            os.close(stream)
        if pid:
            self._follow(Forked(pid, os.pidfd_open(pid), connection, told))
        return None

    def _process(self, connection: socket.socket, request: Request) -> int | None:
        """Fork; decline what a fork would not do as a new Python does."""
        refusal = self._shell.refusal(request)
        if threading.active_count() > 1:
            refusal = "a thread runs here, and a lock that it holds would be held in the fork for ever"
        if not refusal:
            try:
                return os.fork()
            except OSError as error:
                refusal = str(error)
        answer(connection, {"declined": refusal})
        return None

    def _follow(self, forked: Forked) -> None:
        with contextlib.suppress(OSError):  # the fork does it too; whoever is first
            os.setpgid(forked.pid, forked.pid)
        self._forks.append(forked)
        self._watch(forked.process, functools.partial(self._reap, forked))
        self._watch(forked.connection, functools.partial(self._abandon, forked))

    def _abandon(self, forked: Forked) -> None:
        """Kill a module run that nobody waits for any more: its worker was killed or its task timed out."""
        self._selector.unregister(forked.connection)
        forked.kill()

    def _reap(self, forked: Forked) -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(forked.pid, 0)[1])
        self._forks.remove(forked)
        self._selector.unregister(forked.process)
        os.close(forked.process)
        with contextlib.suppress(KeyError):  # abandoned
            self._selector.unregister(forked.connection)
        answer(forked.connection, {"code": code})
        models.learn(forked.told)


def main() -> None:
    """Read orders, say that all is ready, serve, and leave nothing behind."""
    orders = json.loads(_standard_input())
    _forget_ourselves()
    directory = Path(orders["directory"])
    models.install()
    server = Server(directory, orders["controller"], fork.Shell(orders["environment"]))
    os.write(1, READY)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.close(nowhere)
    if forked := server.serve():
        fork.run(*forked)
    else:
        _clean(directory)


def _standard_input() -> bytes:
    """Read it without touching ``sys.stdin``, which a fork needs as new."""
    read = b""
    while more := os.read(0, 65536):
        read += more
    return read


def _forget_ourselves() -> None:
    """Make the imports and the path those of a Python that has just started."""
    del sys.path[: 1 if sys.flags.safe_path else 2]  # where we are, and where -c looks first
    for name in [name for name in sys.modules if name.split(".")[0] in ROOTS]:
        del sys.modules[name]


def _clean(directory: Path) -> None:
    shutil.rmtree(directory / "warm", ignore_errors=True)
    for path in directory.glob("warm.*"):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others of the run still use it
        directory.rmdir()
