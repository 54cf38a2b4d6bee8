"""Every role keeps the same contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tools.files import defaults, defaults_files, load

ROOT = Path(__file__).parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())
#: Stand for more than a role of this project can know: evaluated from other variables.
LAZY = "{{"


def options_of(role: str) -> dict[str, Any]:
    spec = load(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
    options: dict[str, Any] = spec.get("options") or {}
    return options


def text_of_defaults(role: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in defaults_files(ROOT / "roles" / role))


def test_there_are_roles() -> None:
    assert len(ROLES) > 10


@pytest.mark.parametrize("role", ROLES)
def test_defaults_and_spec_agree(role: str) -> None:
    declared, options = defaults(ROOT / "roles" / role), options_of(role)
    optional = {name for name, option in options.items() if not option.get("required")}
    assert set(declared) == optional
    for name, value in declared.items():
        assert "default" in options[name], f"{name} has a default that the spec does not tell"
        if not (isinstance(value, str) and LAZY in value):
            assert options[name]["default"] == value, name
    for name in set(options) - optional:
        assert "default" not in options[name], f"{name} is required and has a default"
        assert f"# {name}:" in text_of_defaults(role), f"the defaults do not show the required {name}"


@pytest.mark.parametrize("role", ROLES)
def test_options_are_typed_described_and_named_after_the_role(role: str) -> None:
    for name, option in options_of(role).items():
        assert name.startswith(f"{role}_") or name == "dns_zone_name", name
        assert option.get("type"), name
        assert option.get("description"), name
        assert option["type"] != "list" or option.get("elements"), name


@pytest.mark.parametrize("role", ROLES)
def test_every_default_has_a_comment(role: str) -> None:
    """One comment may stand above several variables; none may stand below another block without one."""
    for block in text_of_defaults(role).split("\n\n"):
        lines = [line for line in block.splitlines() if line != "---"]
        if any(re.match(r"\w+:", line) for line in lines):
            assert lines[0].startswith("#"), block


@pytest.mark.parametrize("role", ROLES)
def test_role_is_documented_and_tried(role: str) -> None:
    assert (ROOT / "roles" / role / "README.md").is_file()
    assert (ROOT / "roles" / role / "meta" / "main.yml").is_file()
    scenario = ROOT / "molecule" / role
    # What all scenarios share stands in one place; a scenario may bring playbooks of its own.
    own = load(scenario / "molecule.yml").get("ansible", {}).get("playbooks", {})
    assert load(scenario / "molecule.yml") in ({}, {"ansible": {"playbooks": own}})
    assert all((scenario / playbook).is_file() for playbook in own.values())
    verify = (scenario / "verify.yml").read_text(encoding="utf-8")
    assert "ansible.builtin.assert" in verify
    assert role in load(ROOT / "molecule" / "utils" / "prerequisites.yml")["needed"]


@pytest.mark.parametrize("role", ROLES)
def test_task_files_are_short(role: str) -> None:
    for path in (ROOT / "roles" / role).rglob("*.yml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        if any("Written by tools/" in line for line in lines[:5]):
            continue
        limit = 100 if path.parent.name == "tasks" else 400
        assert len(lines) <= limit, path


def test_set_fact_is_rare() -> None:
    tasks = [path.read_text(encoding="utf-8") for path in ROOT.glob("roles/*/tasks/*.yml")]
    named = sum(text.count("- name:") for text in tasks)
    facts = sum(text.count("set_fact:") for text in tasks)
    assert facts <= 0.03 * named
