"""A version may change what a version before it left, unless something has to be done first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.version_gate import NEW, UNKNOWN, Gate

ROOT = Path(__file__).parents[3]
CHANGES = [
    {"version": "0.2.0", "what": "a is gone", "do": "give b"},
    {"version": "0.10.0", "what": "c is slow", "do": "give d"},
]


def refusal(stands: str, version: str, accepted: str = "") -> str:
    return Gate(stands, version, accepted).refusal("dev", CHANGES)


@pytest.mark.parametrize(
    ("stands", "version"),
    [(NEW, "0.2.0"), ("0.2.0", "0.2.0"), ("0.2.0", "0.9.1"), ("0.10.0", "1.0.0"), ("0.1.0", "0.1.9")],
)
def test_nothing_to_do_nothing_to_say(stands: str, version: str) -> None:
    assert refusal(stands, version) == ""


@pytest.mark.parametrize(
    ("stands", "version", "told"),
    [
        ("0.1.0", "0.2.0", ["0.1.0", "a is gone: give b", "-e upgrade_from=0.1.0"]),
        ("0.1.0", "0.10.0", ["a is gone: give b; c is slow: give d"]),
        ("0.9.0", "0.10.0", ["c is slow: give d"]),
        (UNKNOWN, "0.10.0", ["of an unknown version", "-e upgrade_from=0"]),
        ("0.10.0", "0.9.0", ["use 0.10.0 or a newer one", "-e upgrade_from=0.10.0"]),
    ],
)
def test_what_is_to_be_done_is_told(stands: str, version: str, told: list[str]) -> None:
    said = refusal(stands, version)
    assert [part for part in told if part not in said] == []
    assert refusal(stands, version, stands) == ""
    assert refusal(stands, version, "0.0.1") == said


def test_what_is_no_version_is_named() -> None:
    with pytest.raises(ConvergeError, match="'newest' is no version of Slipway"):
        refusal("newest", "0.1.0")


def test_the_project_and_its_collection_are_one_version() -> None:
    files = ("group_vars/all/main.yml", "collections/ansible_collections/slipway/aws/galaxy.yml")
    variables, galaxy = (yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in files)
    assert variables["slipway_version"] == galaxy["version"]


def test_each_change_belongs_to_a_version_there_is() -> None:
    listed = yaml.safe_load((ROOT / "playbooks/vars/breaking_changes.yml").read_text(encoding="utf-8"))[
        "breaking_changes"
    ]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = {one["version"] for one in listed if f"## [{one['version']}]" in changelog}
    unreleased = {one["version"] for one in listed} - released
    assert len(unreleased) <= 1
