"""The cloud comes up, says how to use it, and leaves nothing behind, whoever dies."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[4]
COMMAND = [sys.executable, "-m", "rehearsal"]


@pytest.fixture
def rehearsal(tmp_path, monkeypatch):
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path))

    def call(*arguments, check=True):
        done = subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    yield call
    call("down")


def processes(directory):
    """The cloud's process and all below it, and the ports they hold."""
    top = psutil.Process(json.loads((directory / "run" / "ready.json").read_text())["pid"])
    return [top, *top.children(recursive=True)]


def gone(found):
    _, alive = psutil.wait_procs(found, timeout=10)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def noted(directory):
    return [Path(line) for line in (directory / "directories").read_text().splitlines()]


def test_comes_up_and_goes_down(rehearsal, tmp_path):
    begun = time.monotonic()
    assert "eval" in rehearsal("up", "--time-scale", "60").stdout
    assert time.monotonic() - begun < 30
    found, directories = processes(tmp_path), noted(tmp_path)
    assert len(found) > 1
    assert all(one.exists() for one in directories)
    environment = rehearsal("env").stdout
    for variable in ("AWS_ENDPOINT_URL", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SLIPWAY_TIME_SCALE=60"):
        assert f"export {variable}" in environment
    assert "already" in rehearsal("up", check=False).stderr
    rehearsal("down")
    assert gone(found)
    assert not any(one.exists() for one in directories)
    assert not (tmp_path / "run").exists()


def test_dies_with_its_owner(rehearsal, tmp_path):
    with subprocess.Popen(["sleep", "60"]) as owner:
        rehearsal("up", "--owner", str(owner.pid))
        found, directories = processes(tmp_path), noted(tmp_path)
        owner.kill()
    assert gone(found)
    assert not any(one.exists() for one in directories)


def test_nothing_outlives_a_killed_cloud(rehearsal, tmp_path):
    rehearsal("up")
    found, directories = processes(tmp_path), noted(tmp_path)
    os.kill(found[0].pid, signal.SIGKILL)
    assert gone(found)
    rehearsal("up")
    assert not any(one.exists() for one in directories)


def test_runs_a_command_inside(rehearsal, tmp_path):
    code = "import os, sys; sys.exit(7 if os.environ['AWS_ENDPOINT_URL'].startswith('http://127.') else 1)"
    assert rehearsal("run", "--time-scale", "60", "--", sys.executable, "-c", code, check=False).returncode == 7
    assert not (tmp_path / "run").exists()


def test_status_counts_calls(rehearsal):
    rehearsal("up")
    assert json.loads(rehearsal("status", "--json").stdout)["faults"] == {"orders": [], "calls": {}, "writes": 0}
    assert rehearsal("fault", "throttle", "--service", "s3", "--rate", "0.5").returncode == 0
    assert json.loads(rehearsal("fault", "list").stdout)["orders"][0]["service"] == "s3"
    rehearsal("fault", "clear")
    assert json.loads(rehearsal("fault", "list").stdout)["orders"] == []
    assert "give --writes" in rehearsal("fault", "kill-after-write", check=False).stderr
    assert "there is no database" in rehearsal("fault", "database-down", "nothing", check=False).stderr
    assert "there is no running task" in rehearsal("fault", "stop-task", "nothing", check=False).stderr
