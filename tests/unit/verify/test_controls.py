"""Each security control by its function: a good description passes, a bad one does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.controls import report
from ansible_collections.slipway.aws.plugins.plugin_utils.controls.holds import HOLDS
from ansible_collections.slipway.aws.plugins.plugin_utils.controls.readers import READERS
from tests.unit.docs.rendered import ROOT
from tests.unit.verify.control_cases import CASES


@pytest.mark.parametrize("control", HOLDS)
def test_a_control_tells_good_from_bad(control: str) -> None:
    good, bad = CASES[control]
    assert HOLDS[control](good)
    assert not HOLDS[control](bad)


def test_every_control_that_is_built_has_a_function_and_something_to_look_at() -> None:
    built = {one["id"]: one["of"] for one in report.controls() if "of" in one}
    assert set(built) == set(HOLDS)
    assert set(built.values()) <= set(READERS)
    assert len({one["id"] for one in report.controls()}) == len(report.controls())


EXCEPTION = {"control": "ECS.4", "resource": "container/*", "environments": ["dev"], "reason": "because"}


@pytest.mark.parametrize(
    ("described", "exceptions", "state"),
    [
        ({"privileged": False}, [], report.PASSED),
        ({"privileged": True}, [], report.FAILED),
        ({"privileged": True}, [EXCEPTION], report.EXCEPTED),
        ({"privileged": True}, [{**EXCEPTION, "environments": ["prod"]}], report.FAILED),
        ({"privileged": True}, [{**EXCEPTION, "resource": "container/other"}], report.FAILED),
        ({"privileged": True}, [{**EXCEPTION, "expires": "2020-01-01"}], report.FAILED),
        (None, [], report.UNKNOWN),
    ],
)
def test_states(
    described: dict[str, Any], exceptions: list[dict[str, Any]], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "controls", lambda: [{"id": "ECS.4", "of": "container", "title": "t"}])
    monkeypatch.setitem(report.READERS, "container", lambda _cloud, _outputs: iter([("web/app", described)]))
    cloud: Any = None
    (row,) = report.rows(cloud, {}, exceptions, "dev", date(2026, 11, 27))
    assert (row.state, row.resource) == (state, "container/web/app")


class Empty:
    """A cloud in which there is nothing."""

    def identity(self) -> dict[str, str]:
        return {"account": "123456789012"}

    def read(self, *_names: str, **_parameters: Any) -> dict[str, Any]:
        return {}

    def pages(self, *_names: str, **_parameters: Any) -> list[Any]:
        return []

    def cached(self, _key: Any, make: Callable[[], Any]) -> Any:
        return make()


def test_what_is_not_there_is_unknown_and_what_is_not_built_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud: Any = Empty()
    every = [*report.controls(), {"id": "A.1", "title": "t"}]
    monkeypatch.setattr(report, "controls", lambda: every)
    found = {row.state for row in report.rows(cloud, {}, [], "dev", date(2026, 11, 27))}
    assert found == {report.FAILED, report.UNKNOWN, report.NOTHING, report.NOT_BUILT}


@pytest.mark.parametrize("error", [TypeError("'NoneType'"), IndexError("list index out of range"), ValueError("form")])
def test_what_is_described_in_another_form_is_unknown(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(*_: Any) -> Any:
        raise error

    cloud: Any = Empty()
    monkeypatch.setattr(report, "controls", lambda: [{"id": "A.1", "title": "t", "of": "thing"}])
    monkeypatch.setitem(READERS, "thing", reader)
    (row,) = report.rows(cloud, {}, [], "dev", date(2026, 11, 27))
    assert row.state == report.UNKNOWN
    assert str(error) in row.reason


def test_exceptions_are_of_controls_that_there_are_have_reasons_and_have_not_expired() -> None:
    own = {"identity.source-account", "identity.managed-policy", "identity.whole-kind", "identity.wildcard"}
    text = (ROOT / "docs" / "security" / "exceptions.yml").read_text(encoding="utf-8")
    for one in yaml.safe_load(text):
        known = own | {control["id"] for control in report.controls()}
        assert any(fnmatchcase(name, one["control"]) for name in known), one
        assert len(one["reason"]) > 40, one
        assert set(one["environments"]) <= {"dev", "staging", "prod"}
        assert one.get("expires", date.max) >= datetime.now(UTC).date(), one
        assert "expires" in one or one["control"] != "image.digest", f"{one}: for a time only"
