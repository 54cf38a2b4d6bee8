"""Directories outside of the state directory, which no way of dying may leave behind.

A unix socket's path is short and a database server's user must get at its data, so some directories lie in /tmp. Each
is noted in the state directory; whoever starts or ends the cloud next removes what is noted.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


def _notes(state_dir: Path) -> Path:
    return state_dir / "directories"


def make(state_dir: Path, prefix: str) -> Path:
    """Make a directory of a short path that is removed with the cloud."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    state_dir.mkdir(parents=True, exist_ok=True)
    with _notes(state_dir).open("a", encoding="utf-8") as notes:
        notes.write(f"{made}\n")
    return made


def remove_leftovers(state_dir: Path) -> None:
    """Remove what a cloud wrote, also one that was killed."""
    notes = _notes(state_dir)
    if notes.exists():
        for line in notes.read_text(encoding="utf-8").splitlines():
            shutil.rmtree(line, ignore_errors=True)
        notes.unlink()
    shutil.rmtree(state_dir / "run", ignore_errors=True)
