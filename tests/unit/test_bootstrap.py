"""Which Python the project is set up with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: A Python that answers what bootstrap asks of it, and of which no environment can be made.
PRETENDED = """#!/bin/sh
case "$*" in
  *version_info*) exit {unsuited} ;;
  *enable-optimizations*) exit {slow} ;;
  --version) echo "Python of {name}" ;;
  *) exit 1 ;;
esac
"""
SUITED, UNSUITED, QUICK, SLOW = 0, 1, 0, 1


def set_up(directory: Path, pythons: dict[str, tuple[int, int]], **variables: str) -> str:
    """Return what bootstrap says where there are only these, until it fails to go on."""
    for name, (unsuited, slow) in pythons.items():
        path = directory / name
        path.write_text(PRETENDED.format(name=name, unsuited=unsuited, slow=slow), encoding="ascii")
        path.chmod(0o755)
    for name in ("bootstrap", "requirements.lock"):
        shutil.copy(ROOT / name, directory)
    environment = {"PATH": f"{directory}:/usr/bin:/bin", "HOME": str(directory), **variables}
    done = subprocess.run(
        [directory / "bootstrap"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1, done.stdout
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3.13": (SUITED, SLOW), "python3.12": (SUITED, QUICK)}, "python3.12"),
        ({"python3.13": (SUITED, QUICK), "python3.12": (SUITED, QUICK)}, "python3.13"),
        ({"python3.13": (UNSUITED, QUICK), "python3": (SUITED, SLOW), "python3.12": (UNSUITED, QUICK)}, "python3"),
    ],
)
def test_an_optimized_python_is_preferred(tmp_path: Path, pythons: dict[str, tuple[int, int]], taken: str) -> None:
    said = set_up(tmp_path, pythons)
    assert f"with Python of {taken} " in said
    slow = pythons[taken][1]
    assert ("built without --enable-optimizations" in said) == bool(slow)


def test_the_one_that_was_named_is_taken(tmp_path: Path) -> None:
    pythons = {"python3.13": (SUITED, QUICK), "mine": (SUITED, SLOW)}
    assert "with Python of mine " in set_up(tmp_path, pythons, PYTHON="mine")


def test_one_that_was_named_and_does_not_suit_is_refused(tmp_path: Path) -> None:
    pythons = {"python3.13": (SUITED, QUICK), "old": (UNSUITED, QUICK)}
    said = set_up(tmp_path, pythons, PYTHON="old")
    assert "needs Python 3.12 or 3.13; none of these is: old." in said
