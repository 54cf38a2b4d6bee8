"""What must hold for the repository as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = ("dev", "staging", "prod")
#: Directories of one machine, and hosts that packages come from.
FOREIGN = re.compile(
    "|".join([r"(?<![\w.{/}])/(?:home|Users|work|root)/\w", "files" + r"\.pythonhosted\.org", "pypi" + r"\.org/simple"])
)


def tracked() -> list[Path]:
    """Return the files under version control, or all text files where there is no Git."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in listing if name and (ROOT / name).is_file()]


def test_nothing_speaks_of_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in FOREIGN.finditer(text)]
    assert not found


def test_the_pattern_finds_what_it_is_for() -> None:
    assert FOREIGN.search("see " + "/home/" + "anna/x")
    assert not FOREIGN.search("{{ outputs_path }}/work/x")


def test_requirements_name_what_the_lock_brings() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ansible", "galaxy", "collection", "list", "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    installed = {name: item["version"] for place in json.loads(run.stdout).values() for name, item in place.items()}
    wanted = yaml.safe_load((ROOT / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert {item["name"]: item["version"] for item in wanted} == {
        name: installed[name] for name in ("amazon.aws", "community.aws")
    }


def hostvars(inventory: Path) -> dict[str, dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-m", "ansible", "inventory", "-i", str(inventory), "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, dict[str, Any]] = json.loads(run.stdout)["_meta"]["hostvars"]
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environments_value_wins_over_the_shared_one(name: str) -> None:
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    own = yaml.safe_load((ROOT / "inventories" / name / "group_vars" / name / "main.yml").read_text(encoding="utf-8"))
    assert own["cost_centre"] != shared["cost_centre"], "this test needs a variable that both set"
    for host, values in hostvars(ROOT / "inventories" / name).items():
        assert values["env_name"] == name
        assert values["cost_centre"] == own["cost_centre"], host
        assert values["owner"] == shared["owner"], host


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_shared_variables_are_the_same_file_everywhere(name: str) -> None:
    assert (ROOT / "inventories" / name / "group_vars" / "all").resolve() == ROOT / "group_vars" / "all"


def test_environments_differ_by_data_only() -> None:
    shapes = [
        {str(path.relative_to(ROOT / "inventories" / name)).replace(name, "<environment>")
         for path in (ROOT / "inventories" / name).rglob("*")}
        for name in ENVIRONMENTS
    ]  # fmt: skip
    assert shapes[0] == shapes[1] == shapes[2]
    texts = [path.read_text(encoding="utf-8") for path in [*ROOT.glob("roles/**/*.yml"), *ROOT.glob("playbooks/*.yml")]]
    assert not [text for text in texts if re.search(r"env_name\s*[!=]=\s*'(dev|staging|prod)'", text)]
