"""Samples from what CloudWatch tells of both sides, and the diff that a person can apply."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.patch import patch
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.usage import sample

SIDES = [{"name": "blue"}, {"name": "green"}]
FILE = "inventories/dev/host_vars/web.yml"
TEXT = "---\n# The service.\nservice_cpu: 256  # units\nservice_memory: 512\nservice_domain: web\n"


def test_both_sides_count_by_their_tasks() -> None:
    found = {
        "cpu_blue": {0: 60.0},
        "cpu_green": {0: 20.0},
        "memory_blue": {0: 30.0},
        "memory_green": {0: 50.0},
        "tasks_blue": {0: 3.0},
        "tasks_green": {0: 1.0},
        "requests_blue_0": {0: 900.0},
        "requests_green_0": {0: 100.0},
    }
    assert sample(0, found, SIDES) == {"cpu": 50.0, "memory": 50.0, "requests": 1000.0, "tasks": 4.0}


def test_an_idle_side_says_nothing_and_a_lost_metric_is_none() -> None:
    found = {"cpu_blue": {0: 60.0}, "memory_blue": {0: 30.0}, "tasks_blue": {0: 2.0}, "tasks_green": {0: 0.0}}
    assert sample(0, found, SIDES) == {"cpu": 60.0, "memory": 30.0, "requests": 0, "tasks": 2.0}
    del found["cpu_blue"]
    assert sample(0, found, SIDES)["cpu"] is None
    assert sample(300, found, SIDES)["tasks"] == 0


@pytest.mark.parametrize("text", [TEXT, TEXT.removesuffix("\n")])
def test_a_diff_can_be_applied(text: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    made = patch(FILE, text, {"service_cpu": 512, "autoscaling_maximum": 8})
    (tmp_path / "made.diff").write_text(made, encoding="utf-8")
    subprocess.run(["git", "apply", "made.diff"], cwd=tmp_path, check=True)
    after = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert after == {**yaml.safe_load(text), "service_cpu": 512, "autoscaling_maximum": 8}
    assert "# units" in path.read_text(encoding="utf-8")


def test_nothing_to_change_is_no_diff() -> None:
    assert patch(FILE, TEXT, {"service_cpu": 256}) == ""
