"""One look at a candidate: what rings has it go back, whatever its requests say."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.watch import RollBackError, Watch
from tests.unit.release.specs import a_spec

QUIET = {"requests": 500, "errors": 0, "slow": 0}


class Aws:
    """A healthy candidate, and alarms that stand as told."""

    def __init__(self, **alarms: str) -> None:
        self.alarms = alarms

    def time(self) -> float:
        return 6000.0

    def pages(self, _service: str, operation: str, _key: str, **asked: Any) -> list[dict[str, str]]:
        assert (operation, asked) == ("describe_alarms", {"AlarmNames": ["errors", "slow"]})
        return [{"AlarmName": name, "StateValue": state} for name, state in self.alarms.items()]

    def health(self, _side: Any) -> dict[str, int]:
        return {"healthy": 2}

    def crashes(self, _side: Any, _since: float) -> int:
        return 0

    def read(self, *_: Any) -> Any:
        return {}


def look(monkeypatch: pytest.MonkeyPatch, aws: Any, **more: Any) -> str:
    """Return the verdict of a look in the middle of a step."""
    watch = Watch(aws, a_spec(alarms=["errors", "slow"]), {"stable": "blue", "samples": [], **more}, aws, aws)
    sample = {"minute": 99, "stable": QUIET, "candidate": QUIET}
    monkeypatch.setattr(watch.samples, "read", lambda *_: [sample])
    return str(watch.look([], 5900.0, 0.5, until=6300.0, tasks=2).verdict["verdict"])


def test_an_alarm_that_rings_takes_a_good_candidate_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RollBackError, match="alarm slow is ringing"):
        look(monkeypatch, Aws(errors="OK", slow="ALARM"))


def test_alarms_that_rest_or_know_nothing_take_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, Aws(errors="OK", slow="INSUFFICIENT_DATA")) == "wait"


def test_on_a_way_back_nobody_heeds_what_the_bad_version_has_set_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, Aws(errors="ALARM", slow="ALARM"), returns=True) == "wait"
