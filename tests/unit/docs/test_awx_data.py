"""AWX's objects and the playbooks they run belong together; what breaks projects in AWX is not in this one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT)]

from tools.playbook_inputs import entry_points, inputs  # noqa: E402  the path is set above

#: Written by people who know that a run of it beside another is what it is for.
SIMULTANEOUS = {"abort", "promote"}


def data(path: str) -> Any:
    return DataLoader().load_from_file(str(ROOT / path))


DECLARED: dict[str, Any] = data("playbooks/vars/inputs.yml")["inputs"]
TEMPLATES: list[dict[str, Any]] = data("awx/job_templates.yml")["awx_templates"]
YAML_FILES = [
    path
    for place in ("playbooks", "roles", "awx/tasks", "site.yml")
    for path in ([ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*.yml")))
]


def tasks(value: Any) -> list[dict[str, Any]]:
    """Return every dictionary inside of a file's content; tasks are among them."""
    if isinstance(value, list):
        return [task for one in value for task in tasks(one)]
    if isinstance(value, dict):
        return [value, *(task for one in value.values() for task in tasks(one))]
    return []


def reading(pattern: str) -> list[str]:
    return [str(path) for path in YAML_FILES if re.search(pattern, path.read_text(encoding="utf-8"))]


def test_every_playbook_that_somebody_runs_has_a_job_template() -> None:
    missing = {str(path.relative_to(ROOT)) for path in entry_points()} - {one["playbook"] for one in TEMPLATES}
    assert not missing, f"add to awx/job_templates.yml: name, playbook, description and inputs of {sorted(missing)}"
    assert all((ROOT / one["playbook"]).is_file() for one in TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one["name"])
def test_a_survey_asks_for_exactly_what_the_playbook_reads(template: dict[str, Any]) -> None:
    read = inputs(ROOT / template["playbook"], DECLARED)
    assert read <= set(DECLARED), f"declare in playbooks/vars/inputs.yml: {sorted(read - set(DECLARED))}"
    assert set(template["inputs"]) == read, f"inputs of {template['name']} in awx/job_templates.yml: {sorted(read)}"
    assert set(template.get("required", ())) <= read


def test_every_input_is_read_by_a_playbook() -> None:
    assert {name for one in TEMPLATES for name in one["inputs"]} == set(DECLARED)


def test_only_jobs_on_services_alone_are_sliced() -> None:
    assert {one["name"] for one in TEMPLATES if one.get("sliced")} == {
        one["name"] for one in TEMPLATES if one.get("limit") == "services"
    }
    assert {one["name"] for one in TEMPLATES if one.get("simultaneous")} == SIMULTANEOUS


def test_a_schedule_answers_what_must_be_answered() -> None:
    by_name = {one["name"]: one for one in TEMPLATES}
    schedules = data("awx/schedules.yml")["awx_schedule"]
    for schedule in schedules:
        template = by_name[schedule["unified_job_template"].removeprefix("{{ name_prefix }} ")]
        assert set(template.get("required", ())) <= set(schedule.get("extra_data", {})), schedule["name"]
        assert re.fullmatch(r"DTSTART;TZID=UTC:\d{8}T\d{6} RRULE:FREQ=\w+;INTERVAL=\d+", schedule["rrule"])


def test_the_workflow_goes_from_plan_by_approval_to_release_and_verify() -> None:
    nodes = {
        one["identifier"]: one for one in data("awx/workflows.yml")["awx_workflow_job_template"][0]["workflow_nodes"]
    }
    order, place = ["synchronise"], "synchronise"
    while following := [*nodes[place]["related"]["success_nodes"], *nodes[place]["related"]["always_nodes"]]:
        (node,) = following
        place = node["identifier"]
        order.append(place)
    assert order == ["synchronise", "plan", "approval", "release", "verify"]
    names = {"{{ name_prefix }} " + one["name"] for one in TEMPLATES}
    jobs = [
        one["unified_job_template"] for one in nodes.values() if one["unified_job_template"]["type"] == "job_template"
    ]
    assert {one["name"] for one in jobs} <= names
    assert nodes["approval"]["unified_job_template"]["type"] == "workflow_approval"
    assert not nodes["approval"]["related"]["always_nodes"]


def test_no_whole_file_of_an_inventory_is_vaulted() -> None:
    files = [path for path in (ROOT / "inventories").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")]


def test_nothing_depends_on_where_the_inventory_lies_or_on_git() -> None:
    assert not reading(r"\binventory_(dir|file)\b")
    assert not reading(r"(?m)^\s*(ansible\.builtin\.)?git:|\bgit rev-parse\b")


def test_one_file_of_requirements() -> None:
    found = [path for path in ROOT.rglob("requirements.y*ml") if ".venv" not in path.parts]
    assert found == [ROOT / "requirements.yml"]


def test_no_play_is_for_localhost_and_no_vault_password_is_a_file() -> None:
    assert not reading(r"(?m)^\s*hosts:\s*(localhost|127\.)")
    settings = (ROOT / "ansible.cfg").read_text(encoding="utf-8")
    assert not re.search(r"vault_(password_file|identity_list)|remote_user", settings)


def test_what_a_workflow_hands_on_is_never_made_in_check_mode() -> None:
    for path in YAML_FILES:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  plain text only
        for task in tasks(content):
            if {"set_stats", "ansible.builtin.set_stats"} & set(task):
                assert "not ansible_check_mode" in str(task.get("when")), path
                assert "per_host" not in str(task), path


def test_the_image_of_jobs_has_what_the_lock_has() -> None:
    image = data("execution-environment.yml")["dependencies"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert f"\n{image['ansible_core']['package_pip']} " in lock
    assert image["galaxy"] == "requirements.yml"
    needed = re.findall(r'^  "(boto3[>=][^"]*)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert image["python"] == needed
