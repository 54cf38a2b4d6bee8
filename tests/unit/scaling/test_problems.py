"""Mistakes in an inventory are told before any call, by variable, value and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.problems import scaling_problems

MORNING = {"name": "morning", "schedule": "cron(0 7 ? * MON-FRI *)", "minimum": 2, "maximum": 4}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"minimum": 9, "maximum": 3}, "web: autoscaling_minimum is 9, above maximum, which is 3"),
        ({"minimum": "9", "maximum": "3"}, "web: autoscaling_minimum is 9, above maximum, which is 3"),
        ({"requests": "many"}, "web: autoscaling_requests is 'many'; a number is allowed, from 0 to"),
        ({"cpu_in": 60}, "web: autoscaling_cpu_in is 60; below half of cpu_out (70) is allowed"),
        (
            {"schedules": [{**MORNING, "minimum": 9}]},
            "autoscaling_schedules[0].minimum is 9, above its maximum, which is 4",
        ),
        ({"schedules": [{**MORNING, "timezone": "Berlin"}]}, "timezone is 'Berlin'; a name such as Europe/Berlin"),
        (
            {"schedules": [{**MORNING, "schedule": "0 7 * * *"}]},
            "schedule is '0 7 * * *' (no such expression); allowed are",
        ),
        ({"schedules": [{**MORNING, "schedule": "cron(0 25 * * ? *)"}]}, "25 is not from 0 to 23"),
        ({"schedules": [{**MORNING, "schedule": "cron(0 7 * * * *)"}]}, "one of day and weekday has to be ?"),
        (
            {"schedules": [MORNING, {**MORNING, "schedule": "at(noon)"}]},
            "autoscaling_schedules[1].schedule is 'at(noon)'",
        ),
    ],
)
def test_each_mistake_is_told(given: dict[str, Any], text: str) -> None:
    (told,) = scaling_problems("web", {f"autoscaling_{name}": value for name, value in given.items()})
    assert text in told


def test_what_is_right_passes() -> None:
    right = {"autoscaling_minimum": "2", "autoscaling_requests": 7, "autoscaling_schedules": [MORNING]}
    assert not list(scaling_problems("web", right))
    assert not list(scaling_problems("web", {}))
