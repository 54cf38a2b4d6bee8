"""Runs of ansible-playbook by either connection, in a project of their own, against moto on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[3]
LIBRARY = Path(__file__).parent / "library"
WARM, LOCAL = "slipway.aws.warm", "ansible.builtin.local"
PATIENCE = 300


@dataclass
class Project:
    """A directory to run playbooks in."""

    path: Path
    endpoint: str
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, tasks: list[dict[str, Any]], connection: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a playbook of one play with these tasks."""
        playbook = self.path / f"playbook{len(list(self.path.glob('playbook*')))}.json"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
        variables = {"ansible_connection": connection, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "host,", "-e", json.dumps(variables)]
        return subprocess.Popen(
            [*command, *arguments, str(playbook)],
            env=self._environment(),
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, tasks: list[dict[str, Any]], connection: str, *arguments: str) -> dict[str, Any]:
        """Return the result of each task by its name, and under ``""`` what stands on standard error."""
        self.environment["ANSIBLE_STDOUT_CALLBACK"] = "ansible.posix.json"
        run = self.start(tasks, connection, *arguments)
        out, err = run.communicate(timeout=PATIENCE)
        assert out.startswith("{"), out + err
        results = {task["task"]["name"]: task["hosts"]["host"] for task in json.loads(out)["plays"][0]["tasks"]}
        return results | {"": err}

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWS_"))}
        return inherited | {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
            "ANSIBLE_LIBRARY": str(LIBRARY),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "XDG_RUNTIME_DIR": str(self.path / "runtime"),
            **self.environment,
        }


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def project(tmp_path: Path, endpoint: str) -> Project:
    """Return an empty project and an empty account."""
    return fresh(tmp_path / "project", endpoint)


def fresh(path: Path, endpoint: str) -> Project:
    reset = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")  # noqa: S310  always http
    urllib.request.urlopen(reset).close()  # noqa: S310  as above
    shutil.rmtree(path, ignore_errors=True)
    (path / "runtime").mkdir(parents=True)
    return Project(path, endpoint)
