"""AWX's objects are applied in order; what awx.awx does not know is refused; the image of jobs can be built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.filter.awx import awx_job_template, awx_survey

ROOT = Path(__file__).parents[3]
OPTIONS: dict[str, Any] = yaml.safe_load((ROOT / "awx" / "options.yml").read_text(encoding="utf-8"))["awx_options"]
#: A module of a collection that stands in for awx.awx: it has the documented options, and writes down what it is given.
MODULE = """
import json, os
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(argument_spec=json.loads({spec!r}))
given = {{name: value for name, value in module.params.items() if value is not None}}
with open(os.environ["AWX_APPLIED"], "a") as applied:
    applied.write(json.dumps([{kind!r}, given]) + "\\n")
module.exit_json(changed=True)
"""
INPUTS: dict[str, dict[str, Any]] = {
    "service": {"type": "str", "description": "Service."},
    "services": {"type": "list", "elements": "str", "description": "Services."},
    "retry": {"type": "bool", "default": False, "description": "Again."},
    "to": {"type": "int", "default": 0, "description": "Number."},
}
#: More than one, so that it shows which jobs may be sliced.
SLICES = 4
HOW = {"ask_job_type_on_launch", "ask_limit_on_launch", "ask_diff_mode_on_launch"}


def playbook(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "playbooks/awx.yml", "-i", "inventories/dev", *arguments],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """Return what a controller was given, in order."""
    return given(tmp_path_factory.mktemp("awx"), "-e", json.dumps({"awx_slices": SLICES}))


def of(applied: list[tuple[str, dict[str, Any]]], *kinds: str) -> list[dict[str, Any]]:
    """Return what was given of some kinds."""
    return [one for kind, one in applied if kind in kinds]


def asked(one: dict[str, Any]) -> set[str]:
    """Return what somebody who launches it may say beside the survey."""
    return {name for name, value in one.items() if name.startswith("ask_") and value}


def given(place: Path, *arguments: str, **variables: str) -> list[tuple[str, dict[str, Any]]]:
    """Apply to a controller that writes down what it is given, and return that."""
    modules = place / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    for kind, spec in OPTIONS.items():
        (modules / f"{kind}.py").write_text(MODULE.format(spec=json.dumps(spec), kind=kind), encoding="utf-8")
    run = playbook(
        *arguments,
        CONTROLLER_HOST="https://awx.example.com",
        ANSIBLE_COLLECTIONS_PATH=f"{place}:{ROOT / 'collections'}",
        AWX_APPLIED=str(place / "applied"),
        **variables,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = (place / "applied").read_text(encoding="utf-8").splitlines()
    return [(kind, one) for kind, one in map(json.loads, lines)]


def test_what_is_needed_comes_first(applied: list[tuple[str, dict[str, Any]]]) -> None:
    kinds = list(dict.fromkeys(kind for kind, _ in applied))
    order = yaml.safe_load((ROOT / "awx" / "kinds.yml").read_text(encoding="utf-8"))["awx_kinds"]
    assert kinds == [kind for kind in order if kind in kinds]
    assert set(order) - set(kinds) == {"notification_template"}  # nobody is to be told, unless somebody says where
    made: set[str] = set()
    for _, given in applied:
        needed = {given.get(name) for name in ("organization", "project", "inventory", "unified_job_template")}
        assert needed - {None} <= made
        made.add(given["name"])


def test_an_inventory_is_what_the_last_commit_says(applied: list[tuple[str, dict[str, Any]]]) -> None:
    (project,) = of(applied, "project")
    assert project["scm_update_on_launch"] is True
    (source,) = of(applied, "inventory_source")
    assert [source[name] for name in ("overwrite", "overwrite_vars", "update_on_launch")] == [True] * 3
    assert source["update_cache_timeout"] == 0
    assert source["source_path"] == "inventories/dev"
    assert "credential" not in source  # AWX refuses one of the type Vault here


def test_a_job_is_given_what_its_survey_asks_and_nothing_else(applied: list[tuple[str, dict[str, Any]]]) -> None:
    assert all(asked(one) == HOW for one in of(applied, "job_template"))
    assert all(asked(one) == set() for one in of(applied, "workflow_job_template"))
    everything = of(applied, "job_template", "workflow_job_template")
    assert all(one["survey_enabled"] == bool(one["survey_spec"]) for one in everything)
    questions = [question for one in everything for question in one["survey_spec"].get("spec", [])]
    defaults = [one["default"] for one in questions if one["type"] == "multiselect"]
    assert set(defaults) == {""}  # AWX applies none when its API launches the job


def test_services_alone_are_sliced_and_few_jobs_run_beside_themselves(
    applied: list[tuple[str, dict[str, Any]]],
) -> None:
    templates = of(applied, "job_template")
    sliced = {one["name"]: (one["job_slice_count"], one["limit"]) for one in templates if one["job_slice_count"] != 1}
    assert sliced == {"slipway-dev converge services": (SLICES, "services")}
    beside = {one["name"] for one in of(applied, "job_template", "workflow_job_template") if one["allow_simultaneous"]}
    assert beside == {"slipway-dev abort", "slipway-dev promote"}


def test_no_approval_and_no_job_waits_for_ever(applied: list[tuple[str, dict[str, Any]]]) -> None:
    nodes = [node for one in of(applied, "workflow_job_template") for node in one["workflow_nodes"]]
    jobs = [node["unified_job_template"] for node in nodes]
    assert [one["timeout"] for one in jobs if one["type"] == "workflow_approval"] == [14400]
    assert {one["timeout"] for one in of(applied, "job_template")} == {14400}


def test_who_is_told_hears_of_failures_and_of_releases_that_ended_well(tmp_path: Path) -> None:
    mail = {"host": "smtp.example.com", "sender": "awx@example.com", "recipients": ["a@example.com"], "username": "awx"}
    where = {"awx_webhook_url": "https://hooks.example.com/x", "awx_email": mail}
    made = given(tmp_path, "-e", json.dumps(where), AWX_EMAIL_PASSWORD=str(mail["username"]))
    told = {one["name"]: one for kind, one in made if kind == "notification_template"}
    assert list(told) == ["slipway-dev webhook", "slipway-dev e-mail"]
    assert told["slipway-dev e-mail"]["notification_type"] == "email"
    assert told["slipway-dev e-mail"]["notification_configuration"] == {
        **mail,
        "port": 587,
        "password": "awx",
        "use_tls": True,
        "use_ssl": False,
        "timeout": 30,
    }
    templates = [one for kind, one in made if kind.endswith("job_template")]
    assert all(one["notification_templates_error"] == list(told) for one in templates)
    assert {one["name"] for one in templates if one["notification_templates_success"] == list(told)} == {
        f"slipway-dev {name}" for name in ("release", "rollback", "release what Git wants", "release with approval")
    }


def test_injectors_reach_awx_as_its_own_templates(applied: list[tuple[str, dict[str, Any]]]) -> None:
    (kind,) = [given for name, given in applied if name == "credential_type"]
    assert kind["injectors"]["env"]["AWS_ENDPOINT_URL"] == "{{ endpoint }}"
    fields = {field["id"] for field in kind["inputs"]["fields"]}
    templates = {text.strip("{} ") for text in kind["injectors"]["env"].values() if "{{" in text}
    assert templates == fields


def test_a_survey_offers_the_services_of_the_environment(applied: list[tuple[str, dict[str, Any]]]) -> None:
    templates = {given["name"]: given for kind, given in applied if kind == "job_template"}
    questions = {one["variable"]: one for one in templates["slipway-dev release"]["survey_spec"]["spec"]}
    assert questions["services"]["type"] == "multiselect"
    assert questions["services"]["choices"] == ["web"]
    assert questions["retry"]["choices"] == ["true", "false"]
    assert templates["slipway-dev verify"]["survey_enabled"] is False


def test_an_option_that_awx_does_not_have_is_refused() -> None:
    wrong = [{"name": "x", "organisation": "y", "image": "z"}]
    run = playbook("-e", json.dumps({"awx_execution_environment": wrong}))
    assert run.returncode == 2
    assert "organisation" in run.stdout


def test_without_the_collection_it_says_what_to_install() -> None:
    run = playbook(CONTROLLER_HOST="https://awx.example.com")
    assert run.returncode == 2
    told = " ".join(run.stdout.split())
    assert "the collection awx.awx is not installed; ansible-galaxy collection install awx.awx" in told


def test_without_a_controller_nothing_is_applied_and_a_sentence_says_so() -> None:
    run = playbook(CONTROLLER_HOST="")
    assert run.returncode == 0, run.stdout
    assert "Checked, not applied" in run.stdout


def test_questions_are_of_the_kind_of_their_input() -> None:
    spec = awx_survey(INPUTS, ["service", "services", "retry", "to"], ["service"], ["web", "api"])["spec"]
    assert [(one["variable"], one["type"], one["default"], one["choices"], one["required"]) for one in spec] == [
        ("service", "multiplechoice", "", ["web", "api"], True),
        ("services", "multiselect", "", ["web", "api"], False),
        ("retry", "multiplechoice", "false", ["true", "false"], False),
        ("to", "integer", 0, [], False),
    ]


def test_slices_are_for_those_who_may() -> None:
    template = {"name": "x", "playbook": "site.yml", "description": "", "inputs": []}
    common = {"prefix": "slipway-dev"}
    assert awx_job_template(template, common, INPUTS, [], 4)["job_slice_count"] == 1
    assert awx_job_template({**template, "sliced": True}, common, INPUTS, [], 4)["job_slice_count"] == 4
    with pytest.raises(Exception, match="nothing is no input; allowed are service"):
        awx_job_template({**template, "inputs": ["nothing"]}, common, INPUTS, [])


def test_the_image_of_jobs_has_a_build_context(tmp_path: Path) -> None:
    builder = Path(sys.executable).parent / "ansible-builder"
    command = [
        builder,
        "create",
        "-c",
        tmp_path,
        "-f",
        ROOT / "execution-environment.yml",
        "--output-filename",
        "Containerfile",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "_build" / "requirements.yml").read_text() == (ROOT / "requirements.yml").read_text()
    assert "quay.io/centos/centos:stream10" in (tmp_path / "Containerfile").read_text()
