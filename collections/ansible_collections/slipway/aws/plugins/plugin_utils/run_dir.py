"""Where the processes of one run of ansible-playbook leave word for each other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


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
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _base() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"slipway-{os.getuid()}"
