"""Where the processes of one run of ansible-playbook leave word for each other."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

#: Seconds without a word in the directory of a process that is not to be seen: one in another container is none that
#: is gone, and the keeper of its leases leaves word every few seconds.
LEFT_FOR = 3600


def start_time(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; with the pid it names a process for ever.

    Empty where the process is gone or the system has no ``/proc``.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def run_dir(controller: int) -> Path:
    """Return where the run whose ansible-playbook is process ``controller`` keeps its directory; it may not exist."""
    return _base() / f"{controller}-{start_time(controller)}"


def make_run_dir(controller: int) -> Path:
    """Make that directory, for this user alone.

    Raises:
        PermissionError: another user has made a directory of the same name.
    """
    base = _base()
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    if base.stat().st_uid != os.getuid():
        raise PermissionError(f"{base} belongs to another user; remove it or set XDG_RUNTIME_DIR")
    path = run_dir(controller)
    if not path.exists():
        _remove_left(base)
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def note_end(host: str, *, failed: bool) -> None:
    """Leave word for this run's other workers on how a host's part ended, where the run has a directory."""
    path = _failure_of(host)
    if failed and path.parent.is_dir():
        path.touch()
    else:
        path.unlink(missing_ok=True)


def has_failed(host: str) -> bool:
    """Say whether a host's part has failed in the run that this process is a worker of."""
    return _failure_of(host).exists()


def _failure_of(host: str) -> Path:
    return run_dir(os.getppid()) / f"failed-{host}"


def _remove_left(base: Path) -> None:
    """Remove the directories of runs that were killed together with whoever would have done it."""
    for path in base.iterdir():
        pid, _, started = path.name.partition("-")
        with contextlib.suppress(OSError):  # another run was faster
            gone = pid.isdigit() and started and start_time(int(pid)) != started
            if gone and time.time() - path.stat().st_mtime > LEFT_FOR:
                shutil.rmtree(path, ignore_errors=True)


def _base() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"slipway-{os.getuid()}"
