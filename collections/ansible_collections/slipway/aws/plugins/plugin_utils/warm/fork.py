"""How a fork of the server becomes the process that Ansible's shell would have started."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import functools
import gc
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from .request import Request

#: What Python, the C library and what is imported early read once, when they start: a fork comes too late for it.
READ_AT_START = re.compile(
    r"_?PYTHON|LANG|LC_|LD_|MALLOC_|GLIBC_|OPENSSL_|(HOME|TZ|TZDIR|UNIXCONFDIR|UNIXUSRLIBDIR)$|_ANSIBLE_PLACEBO_"
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


def run(request: Request, source: bytes) -> NoReturn:
    """Run the wrapper as Python runs a script, and end as Python ends."""
    file = request.script or "<stdin>"
    main = ModuleType("__main__")
    main.__dict__.update(__file__=file, __builtins__=builtins)
    sys.modules["__main__"] = main
    before = set(sys.modules) - {"__main__"}
    script = functools.partial(exec, compile(source, file, "exec", dont_inherit=True), main.__dict__)
    del main
    code = _exit_code(script)
    del script
    _end(code, before)


def _exit_code(script: Callable[[], None]) -> int:
    """Return what Python would exit with, having said what it would say."""
    try:
        script()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        sys.stderr.write(f"{error.code}\n")
        return 1
    except BaseException as error:  # noqa: BLE001  the last resort, as the interpreter's
        here = error.__traceback__
        sys.excepthook(type(error), error.with_traceback(here and here.tb_next), here and here.tb_next)
        if isinstance(error, KeyboardInterrupt):
            sys.stdout.flush()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        return 1
    return 0


def _end(code: int, before: set[str]) -> NoReturn:
    """End as an interpreter does, but for taking apart what the server had imported: that takes as long as the module.

    In this order: threads are waited for, exit functions called, what the module made destroyed, streams flushed.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  as multiprocessing ends its forks
    atexit._run_exitfuncs()  # noqa: SLF001  as above
    for name in set(sys.modules) - before:
        del sys.modules[name]
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # closed by the module, or nobody reads
            stream.flush()
    os._exit(code & 0xFF)


def _working_directory(said: str) -> str:
    """Return ``said`` where it is the working directory (POSIX: a shell keeps a PWD that is right)."""
    right = said.startswith("/") and Path(said).is_dir() and Path(said).samefile(".")
    return said if right else str(Path.cwd())
