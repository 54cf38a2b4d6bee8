"""How a fork of the server becomes the process that Ansible's shell would have started."""

from __future__ import annotations

import builtins
import ctypes
import os
import re
import signal
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from .request import Request

#: What Python, the C library and what is imported early read once, when they start: a fork comes too late for it.
READ_AT_START = re.compile(
    r"PYTHON|LANG|LC_|LD_|MALLOC_|GLIBC_|OPENSSL_|(HOME|TZ|TZDIR|UNIXCONFDIR|UNIXUSRLIBDIR)$|_ANSIBLE_PLACEBO_"
)
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


class Shell:
    """What a shell does to the environment of what it starts, seen once: the server was started by the same one.

    Args:
        given: the environment of the process that started the shell.
    """

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given
        self._drops = given.keys() - os.environ.keys()
        self._sets = {name: value for name, value in os.environ.items() if given.get(name) != value}

    def refusal(self, request: Request) -> str:
        """Return why a Python started for this request would not be as this one is, empty where it would."""
        wanted = request.environment | request.task
        differ = {name for name in wanted.keys() | self._given.keys() if wanted.get(name) != self._given.get(name)}
        return ", ".join(f"{name} differs" for name in sorted(differ) if READ_AT_START.match(name))

    def environment(self, request: Request) -> dict[str, str]:
        """Return what the shell would pass on, in the working directory of the request."""
        environment = {name: value for name, value in request.environment.items() if name not in self._drops}
        environment |= self._sets
        if "PWD" in self._sets or "PWD" in environment:
            environment["PWD"] = _working_directory(request.environment.get("PWD", ""))
        return environment | request.task


def die_with(parent: int) -> None:
    """Lead a process group, and be killed when the process ``parent`` ends."""
    os.setpgid(0, 0)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)


def become(request: Request, shell: Shell, streams: list[int]) -> None:
    """Take over the streams, the directory, the mask and the environment, and nothing else."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request.directory)
    os.umask(request.umask)
    environment = shell.environment(request)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # by what TMPDIR says now
    sys.argv = [request.script]


def run(request: Request, source: bytes) -> None:
    """Run the wrapper as Python runs a script: what it raises is for the interpreter to deal with."""
    file = request.script or "<stdin>"
    main = ModuleType("__main__")
    main.__dict__.update(__file__=file, __builtins__=builtins)
    sys.modules["__main__"] = main
    exec(compile(source, file, "exec", dont_inherit=True), main.__dict__)  # noqa: S102  as Python would


def _working_directory(said: str) -> str:
    """Return ``said`` where it is the working directory (POSIX: a shell keeps a PWD that is right)."""
    right = said.startswith("/") and Path(said).is_dir() and Path(said).samefile(".")
    return said if right else str(Path.cwd())
