"""The case of the connection: a loop over a stock module by ``ansible.builtin.local`` and by ``slipway.aws.warm``.

Each run is a new ``ansible-playbook`` against moto on loopback; the time of one without tasks is taken off.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 60
ITEMS = 20
ALARM = {
    "name": "alarm-{{ item }}",
    "namespace": "AWS/ECS",
    "metric_name": "CPUUtilization",
    "statistic": "Average",
    "comparison": "GreaterThanThreshold",
    "threshold": 80,
    "period": 60,
    "evaluation_periods": 2,
}


@contextmanager
def moto() -> Iterator[str]:
    """Run moto's server in a process of its own; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _await(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"moto did not listen on port {port} within {PATIENCE} s")


def seconds(connection: str, items: int, endpoint: str) -> float:
    """Return how long a playbook with one task over ``items`` alarms takes."""
    task: dict[str, Any] = {"amazon.aws.cloudwatch_metric_alarm": ALARM, "loop": list(range(items))}
    play = {"hosts": "all", "gather_facts": False, "tasks": [task] if items else []}
    variables = {"ansible_connection": connection, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    environment = os.environ | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
    }
    with tempfile.TemporaryDirectory() as directory:
        playbook = Path(directory) / "alarms.json"
        playbook.write_text(json.dumps([play]), encoding="ascii")
        command = ["ansible-playbook", "-i", "host,", "-e", json.dumps(variables), str(playbook)]
        begun = time.monotonic()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, cwd=directory)
        return time.monotonic() - begun


def measure(runs: int, items: int = ITEMS) -> dict[str, Any]:
    """Measure in turns, so that what else the machine does falls on all; return the medians, in seconds."""
    local, warm = "ansible.builtin.local", "slipway.aws.warm"
    taken: dict[str, list[float]] = {"none": [], local: [], warm: []}
    with moto() as endpoint:
        for _ in range(runs):
            taken["none"].append(seconds(local, 0, endpoint))
            taken[local].append(seconds(local, items, endpoint))
            taken[warm].append(seconds(warm, items, endpoint))
    none, by_local, by_warm = (statistics.median(times) for times in taken.values())
    return {"items": items, "local": round(by_local - none, 2), "warm": round(by_warm - none, 2), "runs": runs}
