"""A worker's side of the warm server: starts it where the run has none, hands module runs over, waits for them."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import select
import selectors
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ..run_dir import make_run_dir
from .command import ModuleRun
from .request import READY, Request, await_answer, connect, send

Outcome = tuple[int, bytes, bytes]
#: Puts the collection on the path that is named first, and runs the server.
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from ansible_collections.slipway.aws.plugins.plugin_utils.warm.server import main; main()"
)
COLLECTIONS = Path(__file__).parents[6]
#: Seconds without a word from a server that starts.
PATIENCE = 60


class CannotStartError(Exception):
    """The server did not start; the message says why in half a sentence."""


class ServerLostError(Exception):
    """The server ended while a module ran."""


def controller() -> int:
    """Return the process id of ``ansible-playbook``: its workers are processes that multiprocessing has started."""
    parent = multiprocessing.parent_process()
    return parent.pid if parent and parent.pid else os.getpid()


def run(module: ModuleRun, shell: str, executable: str, directory: str) -> Outcome | None:
    """Run a module; return exit code, output and errors, ``None`` where it is to be run without the server.

    Args:
        module: what to run.
        shell: the shell in front of module runs, e.g. ``/bin/sh``.
        executable: the shell which ``local`` starts that one with.
        directory: the working directory.

    Raises:
        CannotStartError: there is no server, said once a run.
        ServerLostError: the server ended while the module ran.
    """
    if (connection := _connect(shell, executable)) is None:
        return None
    with closing(connection):
        outcome = _hand_over(connection, _request(module, directory), module.source)
    return _as_seen_by(shell, executable, *outcome) if outcome else None


def _request(module: ModuleRun, directory: str) -> Request:
    mask = os.umask(0)
    os.umask(mask)
    return Request(module.script, directory, mask, dict(os.environ), module.environment)


def _hand_over(connection: socket.socket, request: Request, source: bytes) -> Outcome | None:
    (stdin, no_input), (out, stdout), (err, stderr) = os.pipe(), os.pipe(), os.pipe()
    os.close(no_input)
    try:
        send(connection, request, source, (stdin, stdout, stderr))
    finally:
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
    output, errors = _read_both(out, err)
    answer = await_answer(connection)
    if "declined" in answer:
        return None
    if "code" not in answer:
        raise ServerLostError("the warm server ended while a module ran; whether the module had ended is not known")
    return answer["code"], output, errors


def _as_seen_by(shell: str, executable: str, code: int, output: bytes, errors: bytes) -> Outcome:
    """Return the outcome that the shells would: they have their own way to tell that a signal ended a command."""
    if code >= 0:
        return code, output, errors
    dies = shlex.join([shell, "-c", f"kill -{-code} $$"])
    seen = subprocess.run([executable, "-c", shlex.join([shell, "-c", dies])], check=False, capture_output=True)
    return seen.returncode, output + seen.stdout, errors + seen.stderr


def _read_both(*pipes: int) -> list[bytes]:
    """Return what comes out of each pipe until nobody can write into any."""
    read = {pipe: bytearray() for pipe in pipes}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                if more := os.read(key.fd, 65536):
                    read[key.fd] += more
                else:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [bytes(content) for content in read.values()]


def _connect(shell: str, executable: str) -> socket.socket | None:
    if not hasattr(os, "pidfd_open") or not hasattr(os, "memfd_create"):
        raise CannotStartError(f"{sys.platform} has no pidfd or no memfd")
    try:
        directory = make_run_dir(controller())
    except OSError as error:
        raise CannotStartError(str(error)) from error
    return connect(directory) or _start_once(directory, shell, executable)


def _start_once(directory: Path, shell: str, executable: str) -> socket.socket | None:
    """Start the server unless another worker was faster; where it failed before, it will not be tried again."""
    failed = directory / "warm.failed"
    with _locked(directory / "warm.lock"):
        if failed.exists():
            return None
        if connection := connect(directory):
            return connection
        try:
            _start(directory, shell, executable)
        except CannotStartError:
            failed.touch()
            raise
        return connect(directory)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(directory: Path, shell: str, executable: str) -> None:
    python = shlex.join([sys.executable, "-c", START, str(COLLECTIONS)])
    orders = {"directory": str(directory), "controller": controller(), "environment": dict(os.environ)}
    server = subprocess.Popen(  # by the two shells that a module run has, so that it sees what they do
        [executable, "-c", f"{shell} -c {shlex.quote(python)}"],
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if server.stdin is None or server.stdout is None:
        raise CannotStartError("it has no pipes")
    with server.stdin, server.stdout:
        with suppress(BrokenPipeError):  # it ended at once, and has said why
            server.stdin.write(json.dumps(orders).encode())
            server.stdin.close()
        _await_ready(server.stdout.fileno())


def _await_ready(pipe: int) -> None:
    said = b""
    while not said.endswith(READY):
        more = os.read(pipe, 65536) if select.select([pipe], [], [], PATIENCE)[0] else b""
        if not more:
            raise CannotStartError(said.decode(errors="replace").strip().rpartition("\n")[2] or "it said nothing")
        said += more
