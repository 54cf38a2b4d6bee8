"""Who may still write."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_keeper import write_word
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.run_dir import make_run_dir, start_time

ROOT = Path(__file__).parents[3]
# A parent starts a child, says that it is there, and is killed; the child tells what its guard then says.
CHILD = """
import sys, time
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
guard = Guard()
guard.check()
print("may write", flush=True)
sys.stdin.readline()
try:
    guard.check()
    print("may write", flush=True)
except Exception as error:
    print(error, flush=True)
"""
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the run directory of this process's parent, as a worker would see it."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return make_run_dir(os.getppid())


def test_a_run_without_leases_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    Guard().check()


def test_may_write_while_leases_hold(directory: Path) -> None:
    write_word(directory, time.monotonic() + 60, [])
    Guard().check()


def test_stops_when_leases_have_ended(directory: Path) -> None:
    write_word(directory, time.monotonic() - 1, [])
    with pytest.raises(ConvergeError, match="could not be renewed"):
        Guard().check()


def test_stops_when_another_run_took_over(directory: Path) -> None:
    write_word(directory, time.monotonic() + 60, ["web"])
    with pytest.raises(ConvergeError, match="taken over \\['web'\\]"):
        Guard().check()


def test_an_orphan_stops() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    assert parent.stdout.readline() == "may write\n"
    parent.kill()
    parent.wait()
    parent.stdin.write("go\n")
    parent.stdin.flush()
    assert parent.stdout.readline() == "the ansible-playbook that started this is gone; stopped before writing\n"
    parent.stdin.close()
    parent.stdout.close()


def test_a_run_directory_is_private_and_named_for_ever(directory: Path) -> None:
    assert directory.stat().st_mode & 0o777 == 0o700
    assert directory.name == f"{os.getppid()}-{start_time(os.getppid())}"
    assert start_time(2**22 + 1) == ""
