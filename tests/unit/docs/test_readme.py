"""The pages that people write by hand speak of what is there."""

from __future__ import annotations

import re
from inspect import get_annotations
from pathlib import Path

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import adapter, engine
from rehearsal import cli
from tools.files import load

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLUGIN_UTILS = Path(engine.__file__).parent


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    tops = "app|bench|collections|docs|group_vars|inventories|molecule|playbooks|rehearsal|roles|tests|tools"
    named = re.findall(rf"`((?:{tops})/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_readmes_variables_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("### What a first user sets")[2]
    rows = [line.split("|")[1] for line in text.partition("[docs/variables.md]")[0].splitlines() if line[:3] == "| `"]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    known = set(load(ROOT / "group_vars" / "all" / "main.yml")) | {"environment_services", "releases"}
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        known |= set(load(path)["argument_specs"]["main"].get("options") or {})
    assert named
    assert not named - known


def test_commands_of_the_local_cloud_are_on_its_page() -> None:
    text = (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    help_text = cli.parser().format_help()
    commands = re.search(r"\{([\w,]+)\}", help_text)
    assert commands is not None
    for name in [*commands[1].split(","), *cli.EFFECTS]:
        assert f"`{name}" in text or f" {name}" in text, f"{name} is not in docs/rehearsal.md"


def test_modules_of_the_engine_that_are_named_exist() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    named = re.findall(r"`(?:plugin_utils/)?((?:adapters/)?\w+\.py)`", text)
    assert named
    assert not [name for name in named if not (PLUGIN_UTILS / name).exists() and not (ROOT / "tools" / name).exists()]


def test_the_worked_example_is_the_adapter_itself() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    source = (PLUGIN_UTILS / "adapters" / "rds_db_subnet_group.py").read_text(encoding="utf-8")
    assert example[1].strip() in source


def test_the_attributes_of_an_adapter_are_explained() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    own = list(get_annotations(adapter.Adapter))
    assert not [name for name in own if f"`{name}`" not in text]
