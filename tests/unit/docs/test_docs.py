"""Documentation follows the code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class, adapter_types
from ansible_collections.slipway.aws.plugins.plugin_utils.validate import create_properties

ROOT = Path(__file__).parents[3]
PLUGINS = ROOT / "collections" / "ansible_collections" / "slipway" / "aws" / "plugins"


def names(kind: str, pattern: str) -> list[str]:
    """Return plugins of a kind as Ansible names them."""
    return [f"slipway.aws.{path.stem}" for path in sorted((PLUGINS / kind).glob(pattern)) if path.stem != "__init__"]


def test_generated_pages_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, "tools/generate_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("kind", "plugins"), [("module", names("modules", "*.py")), ("filter", names("filter", "*.yml"))]
)
def test_plugins_render(kind: str, plugins: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "--json", "--type", kind, *plugins],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = json.loads(run.stdout)
    for plugin in plugins:
        doc = found[plugin]["doc"]
        assert doc["short_description"], plugin
        assert doc["description"], plugin
        assert found[plugin]["examples"], f"{plugin} has no example"
        assert found[plugin]["return"], f"{plugin} does not say what it returns"


def test_every_module_has_its_action() -> None:
    assert {path.stem for path in (PLUGINS / "modules").glob("*.py")} == {
        path.stem for path in (PLUGINS / "action").glob("*.py")
    }


@pytest.mark.parametrize("kind", adapter_types())
def test_resource_types_are_documented(kind: str) -> None:
    adapter = adapter_class(kind)
    assert adapter.__doc__
    assert f"## {kind}\n" in (ROOT / "docs" / "resources.md").read_text(encoding="utf-8")
    known = {*create_properties(adapter), *adapter.more_properties}
    for group in (adapter.required, adapter.identity, adapter.immutable, adapter.documents, adapter.secret):
        assert set(group) <= known, f"{kind} speaks of properties that it does not know: {set(group) - known}"
