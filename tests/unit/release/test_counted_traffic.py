"""Weights are written even where a read still shows what was before, and read until they show."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.clock import Clock
from ansible_collections.slipway.aws.plugins.plugin_utils.release.traffic import ForeignChangeError, Rule
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

BLUE, GREEN = {"blue": 999, "green": 0}, {"blue": 0, "green": 999}


class LateCloud:
    """A rule whose reads lag behind: the first ones after a write show what was before it."""

    def __init__(self, late: int) -> None:
        self.late = late
        self.shown = [BLUE]
        self.left = 0
        self.clock = Clock({})

    def read(self, _service: str, _operation: str, **_: Any) -> dict[str, Any]:
        """Describe the rule."""
        found = self.shown[-2] if self.left else self.shown[-1]
        self.left = max(0, self.left - 1)
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in found.items()]
        return {"Rules": [{"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]}]}

    def write(self, _service: str, _operation: str, **given: Any) -> None:
        """Modify the rule."""
        groups = given["Actions"][0]["ForwardConfig"]["TargetGroups"]
        self.shown.append({group["TargetGroupArn"]: group["Weight"] for group in groups})
        self.left = self.late

    def wait(self, seconds: float) -> None:
        """Lose no time."""


def rule(late: int) -> tuple[Any, Rule]:
    cloud: Any = LateCloud(late)
    return cloud, Rule(cloud, "arn")


def test_weights_are_read_until_they_show() -> None:
    cloud, one = rule(4)
    one.write(GREEN)
    assert cloud.shown == [BLUE, GREEN]


def test_the_way_back_is_written_though_a_read_shows_that_it_was_never_left() -> None:
    cloud, one = rule(1)
    one.write(GREEN)
    cloud.left = 3
    one.write(BLUE)
    assert cloud.shown == [BLUE, GREEN, BLUE]


def test_weights_that_stand_are_not_written() -> None:
    cloud, one = rule(0)
    one.write(BLUE)
    assert cloud.shown == [BLUE]


def test_weights_that_never_show_are_told() -> None:
    _, one = rule(1000)
    with pytest.raises(ConvergeError, match="weights written are"):
        one.write(GREEN)


def test_our_own_write_that_shows_late_is_nobody_elses() -> None:
    cloud, one = rule(0)
    one.write(GREEN)
    cloud.left = 2
    assert one.expect(GREEN) == GREEN


def test_what_somebody_else_wrote_is_seen() -> None:
    _, one = rule(0)
    with pytest.raises(ForeignChangeError, match="somebody else"):
        one.expect(GREEN)
