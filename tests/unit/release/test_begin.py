"""Which versions may be released: none that went back, unless another attempt is meant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.release import begin, difference
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import a_spec

RECORD = {"revision": "web:7", "digest": "sha256:a"}
SPEC = a_spec(revision="web:8")


def ended(status: str, before: str, after: str, **more: Any) -> dict[str, Any]:
    sides = {
        side: {"digest": f"sha256:{name}", "revision": f"web:{name}"}
        for side, name in (("from", before), ("to", after))
    }
    return {"status": status, "reason": "errors", **sides, **more}


BACK = ended("rolled back", "a", "b")
BY_HAND = ended("succeeded", "b", "a", returns=True, why="anna took it back")
ANOTHER, AGAIN = ended("succeeded", "a", "c"), ended("succeeded", "a", "b")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "is_elsewhere", lambda _cloud, revision: revision.startswith("left:"))


@pytest.mark.parametrize(
    ("past", "why"),
    [
        ([{}], ""),
        ([BACK], "errors"),
        ([BY_HAND, AGAIN], "anna took it back"),
        ([ANOTHER, BACK], "errors"),
        ([ANOTHER, AGAIN, BACK], ""),
        ([{"status": "running"}, BACK], "errors"),
    ],
    ids=["first", "went back", "by hand", "another since", "released since", "unfinished"],
)
def test_a_version_that_went_back_is_refused(past: list[Any], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "definition", lambda *_: {"cpu": "256"})
    cloud: Any = None
    told = f"was rolled back: {why}. Release another version, or this one again with -e retry=true"
    assert begin.check_version(cloud, SPEC, RECORD, past) == [told] * bool(why)
    assert begin.check_version(cloud, a_spec(revision="web:8", retry=True), RECORD, past) == []


def test_with_other_settings_in_git_it_is_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "definition", lambda _cloud, revision: {"cpu": revision})
    cloud: Any = None
    assert begin.check_version(cloud, SPEC, RECORD, [BACK]) == []


def unknown(_cloud: Any, revision: str) -> dict[str, Any]:
    if revision == "web:deleted":
        raise ClientError({"Error": {"Code": "ClientException", "Message": "Unable to describe"}}, "Describe")
    return {"cpu": revision}


@pytest.mark.parametrize("revision", ["left:b", "web:deleted"])
def test_what_went_back_with_settings_that_nobody_knows_any_more_is_refused(
    revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "definition", unknown)
    cloud: Any = None
    past = [{**BACK, "to": {**BACK["to"], "revision": revision}}]
    (told,) = begin.check_version(cloud, SPEC, RECORD, past)
    assert "was rolled back: errors" in told


def test_a_migration_that_would_break_the_stable_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "read_record", lambda *_: {**RECORD, "image_tag": "1.0.0"})
    monkeypatch.setattr(begin, "history", lambda *_: [])
    cloud: Any = None
    journal: Any = SimpleNamespace(table="table", read=dict)
    contract = {"migration": "contract", "contract_from": "2.0.0"}
    begin.refuse_version(cloud, SPEC, journal)
    with pytest.raises(ConvergeError, match=r"release 2\.0\.0 first"):
        begin.refuse_version(cloud, a_spec(revision="web:8", **contract), journal)
