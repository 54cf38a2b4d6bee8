"""Which versions may be released: none that went back, unless another attempt is meant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release import begin
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
    monkeypatch.setattr(begin, "definition", lambda *_: {"cpu": "256"})
    cloud: Any = None
    told = f"was rolled back: {why}. Release another version, or this one again with -e retry=true"
    assert begin.check_version(cloud, SPEC, RECORD, past) == [told] * bool(why)
    assert begin.check_version(cloud, a_spec(revision="web:8", retry=True), RECORD, past) == []


def test_with_other_settings_in_git_it_is_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "definition", lambda _cloud, revision: {"cpu": revision})
    cloud: Any = None
    assert begin.check_version(cloud, SPEC, RECORD, [BACK]) == []
