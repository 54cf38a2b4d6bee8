"""A new environment or service: wrong answers are named, right ones make an inventory that the preflight takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.inventory_new import Answers, Inventories

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = ["dev", "staging", "prod"]
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
QA = {"new": "environment", "new_name": "qa", "new_domain": "qa.example.com", "new_cidr": "10.40.0.0/16"}
API = {"new": "service", "new_name": "api", "new_port": "9000"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("group_vars", "inventories", "playbooks", "roles", "collections", "filter_plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    shutil.copy(ROOT / "ansible.cfg", tmp_path)
    return tmp_path


def run(project: Path, inventory: str, playbook: str, answers: dict[str, str]) -> subprocess.CompletedProcess[str]:
    given = {**dict.fromkeys(("new_domain", "new_cidr", "new_port", "new_like"), ""), **answers} if answers else {}
    extra = [word for name, value in given.items() for word in ("-e", f"{name}={value}")]
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "ansible",
            "playbook",
            f"playbooks/{playbook}.yml",
            "-i",
            f"inventories/{inventory}",
            *extra,
        ],
        cwd=project,
        env={**os.environ, **NOWHERE, "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_a_new_environment_passes_the_preflight(project: Path) -> None:
    made = run(project, "staging", "inventory_new", QA)
    assert made.returncode == 0, made.stdout + made.stderr
    main = yaml.safe_load((project / "inventories/qa/group_vars/qa/main.yml").read_text(encoding="utf-8"))
    assert (main["env_name"], main["dns_zone_name"], main["network_cidr"]) == ("qa", "qa.example.com", "10.40.0.0/16")
    assert (project / "inventories/qa/group_vars/all").resolve() == (project / "group_vars/all").resolve()
    checked = run(project, "qa", "preflight", {})
    assert checked.returncode == 0, checked.stdout
    again = run(project, "staging", "inventory_new", QA)
    assert "new_name is qa, which an environment" in " ".join(again.stdout.split())


def test_a_new_service_passes_the_preflight_in_every_environment(project: Path) -> None:
    made = run(project, "dev", "inventory_new", API)
    assert made.returncode == 0, made.stdout + made.stderr
    for environment in ENVIRONMENTS:
        checked = run(project, environment, "preflight", {})
        assert checked.returncode == 0, checked.stdout
        own = yaml.safe_load((project / f"inventories/{environment}/host_vars/api.yml").read_text(encoding="utf-8"))
        assert (own["service_domain"], own["service_port"]) == ("api.{{ dns_zone_name }}", 9000)


WRONG = {
    "name": (Answers("Q_A", "staging", "qa.example.com", "10.40.0.0/16"), "new_name is Q_A; give 2 to 20"),
    "taken": (Answers("network", "staging", "qa.example.com", "10.40.0.0/16"), "which an environment, a group"),
    "environment": (Answers("prod", "staging", "qa.example.com", "10.40.0.0/16"), "which an environment, a group"),
    "domain": (Answers("qa", "staging", "dev.example.com", "10.40.0.0/16"), "give one of its own"),
    "no domain": (Answers("qa", "staging", "nothing", "10.40.0.0/16"), "new_domain is nothing"),
    "no network": (Answers("qa", "staging", "qa.example.com", "10.40.0.0"), "new_cidr is 10.40.0.0; give a private"),
    "host bits": (Answers("qa", "staging", "qa.example.com", "10.40.0.1/16"), "which is no IPv4 network"),
    "public": (Answers("qa", "staging", "qa.example.com", "8.8.0.0/16"), "give a private network"),
    "overlap": (Answers("qa", "staging", "qa.example.com", "10.10.128.0/20"), "overlaps 10.10.0.0/16 of dev"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_cannot_be_is_named(case: str) -> None:
    answers, told = WRONG[case]
    (problem,) = Inventories(ROOT, ENVIRONMENTS).environment_problems(answers, {"network"})
    assert told in problem


def test_all_mistakes_are_named_at_once() -> None:
    problems = list(Inventories(ROOT, ENVIRONMENTS).environment_problems(Answers("", "staging"), ()))
    assert [one.split()[0] for one in problems] == ["new_name", "new_domain", "new_cidr"]
    problems = list(Inventories(ROOT, ENVIRONMENTS).service_problems(Answers("web", "web", port="many"), {"web"}))
    assert [one.split()[0] for one in problems] == ["new_name", "new_port"]
