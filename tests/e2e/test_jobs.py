"""Every playbook as a job of AWX, with the answers of a survey as AWX sends them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.controller import Controller, Job
from tests.e2e.environment import ROOT, Environment, quiet, writes
from tools.playbook_inputs import inputs

DECLARED: dict[str, Any] = yaml.safe_load((ROOT / "playbooks" / "vars" / "inputs.yml").read_text("utf-8"))["inputs"]
#: What a user answers; other questions are left as they are, which sends their default, or empty text.
ANSWERS = {
    "services": ["web"],
    "service": "web",
    "branch": "feature/{{ 7 * 191 }}",
    "image_tag": "1.1.0",
    "confirm": "dev",
    "source": "dev",
    "new": "service",
    "new_name": "billing",
    "new_port": "90000",
    "level": "debug",
}
TEMPLATES = DataLoader().load_from_file(str(ROOT / "awx" / "job_templates.yml"))["awx_templates"]
#: Jobs that run for real, in tests of their own; all others run in check mode.
REAL = {"site.yml", "playbooks/release.yml", "playbooks/rollback.yml", "playbooks/teardown.yml"}
#: Nothing to abort or to answer, and nothing before dev; each says so.
ENDS_WITH = {
    "playbooks/abort.yml": (2, "No release of web goes on"),
    "playbooks/adopt.yml": (2, "give either adopt_state"),
    "playbooks/deployer.yml": (2, "deployer_repository is not set"),
    "playbooks/diff_environments.yml": (2, "one of staging, prod"),
    "playbooks/experiment.yml": (2, "operation is ; allowed are start, look and stop"),
    "playbooks/failback.yml": (2, "does not say from whom it takes over"),
    "playbooks/failover.yml": (2, "does not say from whom it takes over"),
    "playbooks/feature_flags.yml": (2, "the inventory has no component feature_flags"),
    "playbooks/inventory_new.yml": (2, "give the port that the container listens on"),
    "playbooks/migrate_state.yml": (2, "which does not say what dev leaves"),
    "playbooks/promote.yml": (2, "No release of web waits for an answer"),
    "playbooks/promote_environment.yml": (2, "none, it is the first"),
    "playbooks/promote_images.yml": (2, "none, it is the first"),
    "playbooks/remove_service.yml": (2, "service is web, which the inventory has"),
}
#: AWX cuts an event's result at 700,000 bytes; what a person reads is far shorter.
READABLE = 100_000
ESCAPE = "\\u001b"
QUICK = {"release_strategy": "all_at_once", "release_bake_minutes": "1", "release_unclear": "promote", "retry": "true"}
PASSWORD = "a password of a vault"  # noqa: S105  it opens nothing but a file of this test
SWORDFISH = "swordfish-of-a-human"


def answers(playbook: Path) -> dict[str, Any]:
    """Return what a survey that asks for all inputs of a playbook sends."""
    names = sorted(inputs(playbook, DECLARED))
    return {name: ANSWERS.get(name, str(DECLARED[name].get("default", ""))) for name in names}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    cli.order("tasks.push", image="web:1.1.0", repository="slipway-dev/web", region="us-east-1")
    return environment


@pytest.fixture(scope="module")
def controller(dev: Environment, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    made = Controller(tmp_path_factory.mktemp("awx"), dev.variables)
    made.sync()
    return made


def can_be_read(job: Job) -> None:
    """No result is too long for a person, and none has codes of a terminal in it."""
    for result in job.results:
        text = json.dumps(result)
        assert len(text) < READABLE, text[:500]
        assert ESCAPE not in text, text[:500]


@pytest.mark.parametrize("name", sorted({one["playbook"] for one in TEMPLATES} - REAL))
def test_every_playbook_is_a_job(name: str, controller: Controller) -> None:
    quiet()
    before = writes()
    job = controller.job(name, answers(ROOT / name), "--check")
    code, told = ENDS_WITH.get(name, (0, ""))
    assert job.code == code, job.output[-4000:]
    assert told in " ".join(str(result.get("msg")) for result in job.results)
    assert writes() == before
    assert job.artifacts == {}
    can_be_read(job)


def test_site_has_nothing_to_do(controller: Controller) -> None:
    job = controller.job("site.yml", answers(ROOT / "site.yml"))
    assert job.code == 0, job.output[-4000:]
    assert {host: number for host, number in job.changed.items() if number} == {}
    can_be_read(job)


def test_a_release_and_the_way_back(controller: Controller, dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        released = controller.job("playbooks/release.yml", answers(ROOT / "playbooks/release.yml") | QUICK)
        assert released.code == 0, released.output[-4000:]
        back = controller.job("playbooks/rollback.yml", answers(ROOT / "playbooks/rollback.yml") | QUICK)
        assert back.code == 0, back.output[-4000:]
    assert load.failures == []
    can_be_read(released)
    status = controller.job("playbooks/release_status.yml", {"services": ["web"], "history": "2"})
    assert "by anna" in status.said
    assert dev.get("/version") == 200


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ({"service": "web", "image_tag": "1.10"}, "image_tag is 1.1, which is not text"),
        ({"service": "{{ 'web' }}"}, "{{ 'web' }}\", which is a template"),
        ({"services": ["web", "api"], "image_tag": "1.1.0"}, "allowed are web"),
        ({"serivce": "web"}, "did you mean service?"),
        ({"service": ""}, "service is not set"),
    ],
)
def test_answers_that_cannot_be_meant(extra: dict[str, Any], told: str, controller: Controller) -> None:
    job = controller.job("playbooks/release_plan.yml", extra)
    assert job.code == 2
    assert told in " ".join(str(result.get("msg")) for result in job.results)


def test_a_slice_of_services_touches_nothing_else(dev: Environment, tmp_path: Path) -> None:
    sliced = Controller(tmp_path, dev.variables)
    sliced.sync("services")
    before = dev.inventory()
    job = sliced.job("site.yml", {}, "--limit", "services")
    assert job.code == 0, job.output[-3000:]
    assert job.changed == {"web": 0}
    assert dev.inventory() == before


def test_text_for_a_boolean_and_a_number_is_what_it_says(dev: Environment) -> None:
    given = ("-e", "database_multi_az=false", "-e", "database_allocated_storage_gib=50")
    planned = dev.playbook("playbooks/platform.yml", "--check", "--diff", "--limit", "database", *given)
    assert planned.resources == {}


def test_a_vaulted_secret_passes_the_sync_opens_in_the_job_and_is_not_told(
    dev: Environment, tmp_path: Path, controller: Controller
) -> None:
    vaulted = Controller(tmp_path, dev.variables)
    with (vaulted.project / "inventories/dev/host_vars/web.yml").open("a", encoding="utf-8") as of_the_service:
        of_the_service.write(f"service_secrets:\n  TOKEN:\n    {_vaulted(tmp_path / 'password', SWORDFISH)}")
    vaulted.sync()
    arguments = ("--check", "--diff", "-vvv", "--limit", "secrets", "--vault-id", "dev@prompt")
    vaulted.passwords({"dev": PASSWORD})
    opened = vaulted.job("playbooks/platform.yml", {}, *arguments)
    assert opened.code == 0, opened.output[-3000:]
    assert opened.changed["secrets"]
    assert "web/TOKEN" in opened.output
    assert SWORDFISH not in opened.output
    shut = vaulted.job("playbooks/platform.yml", {}, *arguments[:-2])
    assert shut.code != 0
    assert "no vault secrets" in shut.output


def _vaulted(password: Path, value: str) -> str:
    """Return ``value: ...`` with an encrypted value, as YAML within two others."""
    password.write_text(PASSWORD, encoding="utf-8")
    encrypt = [sys.executable, "-m", "ansible", "vault", "encrypt_string", "--vault-id", f"dev@{password}"]
    text = subprocess.run([*encrypt, "-n", "value", value], capture_output=True, text=True, check=True).stdout
    return text.replace("\n", "\n    ")
