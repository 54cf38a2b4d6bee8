"""The server lives as long as its run, ends with it in whatever way, and is not there where it cannot be."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.warm.client import START
from tests.unit.connection.conftest import PATIENCE, ROOT, WARM, Project

STAT: dict[str, Any] = {"name": "stat", "ansible.builtin.stat": {"path": "/"}}
WARNING = "slipway.aws.warm runs modules as local does, since its server cannot start"


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what ``found`` returns once that is something."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return value


def servers(project: Project) -> list[psutil.Process]:
    """Return the warm servers of the project's runs; they bear its runtime directory in their environment."""
    parents = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            mine = process.environ().get("XDG_RUNTIME_DIR") == str(project.path / "runtime")
            if mine and process.cmdline()[1:2] == ["-c"] and START in process.cmdline():
                parents[process] = process.ppid()
    own = {process.pid for process in parents}
    return [process for process, parent in parents.items() if parent not in own]  # the others are its forks


def sleeping(path: Path) -> dict[str, Any]:
    return {"name": "sleep", "odd": {"do": "sleep", "path": str(path)}}


@pytest.mark.parametrize("victim", ["controller", "worker", "server"])
def test_a_killed_run_leaves_nothing_that_writes(project: Project, victim: str) -> None:
    run = project.start([STAT, sleeping(project.path / "began")], WARM)
    module = int(until(lambda: (project.path / "began").exists() and (project.path / "began").read_text()))
    (server,) = servers(project)
    assert psutil.Process(module).ppid() == server.pid
    worker = psutil.Process(run.pid).children()[0].pid
    os.kill({"controller": run.pid, "worker": worker, "server": server.pid}[victim], signal.SIGKILL)
    until(lambda: not psutil.pid_exists(module) or psutil.Process(module).status() == psutil.STATUS_ZOMBIE, 3)
    if victim != "controller":
        run.communicate(timeout=PATIENCE)
        assert run.returncode != 0
    until(lambda: not servers(project), 5)
    time.sleep(2.5)  # longer than the module and its child would have slept
    late = {"controller": [], "worker": [], "server": ["began.late"]}[victim]
    assert [path.name for path in project.path.glob("began.late")] == late
    if late:  # what the module had started goes on, as it does with local; the module itself does not
        assert (project.path / "began.late").read_text() == "child\n"
    run.communicate()


TELLS = """
import multiprocessing, os, sys
from ansible_collections.slipway.aws.plugins.plugin_utils.warm import orphan

def work(reading, writing):
    orphan.GRACE = 0.5
    orphan.end_with_controller()
    print(os.getpid(), flush=True)
    os.write(writing, bytes(1 << 20))

worker = multiprocessing.get_context("fork").Process(target=work, args=os.pipe())
worker.start()
worker.join()
"""


def test_a_worker_whose_result_nobody_reads_ends_with_its_controller() -> None:
    path = os.pathsep.join([str(ROOT / "collections"), str(ROOT)])
    command = [sys.executable, "-c", TELLS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}) as run:
        assert run.stdout is not None
        worker = psutil.Process(int(run.stdout.readline()))
        time.sleep(1)
        assert worker.is_running()
        run.kill()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, 10)


def test_a_finished_run_leaves_nothing(project: Project) -> None:
    results = project.run([STAT, {"name": "background", "ansible.builtin.shell": "sleep 30 >&- 2>&- & echo $!"}], WARM)
    background = psutil.Process(int(results["background"]["stdout"]))
    assert background.is_running()  # as with local: what a finished task left running was meant to
    background.kill()
    until(lambda: not servers(project), 5)
    until(lambda: not list((project.path / "runtime").rglob("warm*")), 5)


def test_two_runs_have_two_servers(project: Project) -> None:
    runs = [project.start([sleeping(project.path / f"began{number}")], WARM) for number in range(2)]
    until(lambda: len(list(project.path.glob("began[01]"))) == 2)
    modules = [psutil.Process(int((project.path / f"began{number}").read_text())) for number in range(2)]
    assert len({module.ppid() for module in modules}) == 2
    sockets = list((project.path / "runtime").rglob("warm.socket"))
    assert len(sockets) == 2
    assert {socket.parent.stat().st_mode & 0o777 for socket in sockets} == {0o700}
    for run in runs:
        run.communicate(timeout=PATIENCE)
        assert run.returncode == 0


def test_many_workers_share_one_server(project: Project) -> None:
    tasks = [{"name": "parent", "ansible.builtin.shell": "cut -d' ' -f4 /proc/$PPID/stat"}]
    run = project.start(tasks, WARM, "-i", "a,b,c,d", "--forks", "4", "-v")
    out, _ = run.communicate(timeout=PATIENCE)
    parents = {line.split('"stdout": "')[1].split('"')[0] for line in out.splitlines() if '"stdout": "' in line}
    assert out.count("CHANGED") + out.count("changed: ") >= 4, out
    assert len(parents) == 1, out


def warnings(project: Project) -> str:
    """Return what a run of two tasks says, which has to succeed."""
    run = project.start([STAT, {**STAT, "name": "again"}], WARM)
    said = " ".join(" ".join(run.communicate(timeout=PATIENCE)).split())
    assert run.returncode == 0, said
    return said


def test_falls_back_with_one_warning(project: Project) -> None:
    broken = project.path / "broken" / "boto3"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('no boto3 here')")
    project.environment["PYTHONPATH"] = str(broken.parent)
    said = warnings(project)
    assert said.count(WARNING) == 1, said
    assert "no boto3 here" in said


def test_falls_back_where_there_can_be_no_directory(project: Project) -> None:
    (project.path / "runtime" / f"slipway-{os.getuid()}").touch()
    said = warnings(project)
    assert said.count(WARNING) == 1, said


def test_works_under_ansible_runner(project: Project) -> None:
    private = project.path / "private"
    shutil.copytree(ROOT / "collections", private / "project" / "collections")
    (private / "inventory").mkdir()
    (private / "inventory" / "hosts").write_text("host ansible_connection=slipway.aws.warm\n")
    (private / "project" / "ansible.cfg").write_text("[defaults]\ncollections_path = collections\n")
    (private / "project" / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.stat: {path: /}\n"
        "  vars:\n    ansible_python_interpreter: '{{ ansible_playbook_python }}'\n"
    )
    command = ["ansible-runner", "run", str(private), "-p", "play.yml", "--cmdline=-vvv"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(project.path / "runtime")}
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE, cwd="/", check=False
    )
    assert run.returncode == 0, run.stdout
    assert "WARM /bin/sh -c" in run.stdout
