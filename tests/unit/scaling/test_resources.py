"""What a service's scaling consists of: both sides, the switch between them, and who owns what."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.resources import scaling_resources
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import scaling_targets
from rehearsal.metrics.expressions import Scope, evaluate, names

PLACE = {"cluster": "c", "load_balancer": "app/lb/1", "runbooks": "docs/runbooks"}
BLUE = {**PLACE, "name": "blue", "service": "web-blue", "groups": ["targetgroup/b/1"], "serves": True}
GREEN = {**PLACE, "name": "green", "service": "web-green", "groups": ["targetgroup/g/1"], "serves": False}
SINGLE = {**PLACE, "name": "main", "service": "web", "groups": ["targetgroup/b/1", "targetgroup/g/1"], "serves": True}
NIGHT = {"name": "night", "schedule": "cron(0 22 * * ? *)", "timezone": "Europe/Berlin", "minimum": 1, "maximum": 2}


def made(*sides: dict[str, Any], intent: dict[str, Any] | None = None, **more: Any) -> dict[str, dict[str, Any]]:
    found = scaling_resources(scaling_targets(intent or {}), sides, **more)
    return {f"{one['type'].removeprefix('application_autoscaling_')}.{one['name']}": one for one in found}


def test_the_idle_side_is_suspended_and_silent() -> None:
    found = made(BLUE, GREEN)
    serving, idle = (found[f"scalable_target.{side}"]["properties"] for side in ("blue", "green"))
    assert (serving["MinCapacity"], serving["MaxCapacity"]) == (2, 10)
    assert (idle["MinCapacity"], idle["MaxCapacity"]) == (0, 10)
    assert set(serving["SuspendedState"].values()) == {False}
    assert set(idle["SuspendedState"].values()) == {True}
    for name in ("out", "in"):
        assert found[f"cloudwatch_alarm.blue-{name}"]["properties"]["ActionsEnabled"]
        assert not found[f"cloudwatch_alarm.green-{name}"]["properties"]["ActionsEnabled"]


def test_during_a_release_limits_and_switches_are_the_releases() -> None:
    for name, one in made(BLUE, GREEN, held=True).items():
        assert not {"MinCapacity", "MaxCapacity", "SuspendedState", "ActionsEnabled"} & set(one["properties"]), name
        if name.startswith("scalable_target"):
            assert set(one["initial"]) == {"MinCapacity", "MaxCapacity", "SuspendedState"}


def test_with_schedules_the_limits_are_theirs() -> None:
    found = made(BLUE, GREEN, schedules=[NIGHT])
    serving = found["scalable_target.blue"]
    assert serving["initial"] == {"MinCapacity": 2, "MaxCapacity": 10}
    assert serving["properties"]["ScheduledActionNames"] == ["web-blue-night"]
    assert "MinCapacity" in found["scalable_target.green"]["properties"]
    assert found["scheduled_action.blue-night"]["properties"]["Timezone"] == "Europe/Berlin"


def test_what_an_intent_has_no_use_for_is_removed() -> None:
    assert made(SINGLE)["policy.main-surge"]["state"] == "absent"
    assert "state" not in made(SINGLE, intent={"out_minutes": 2})["policy.main-surge"]
    assert {one["state"] for one in made(SINGLE, absent=True).values()} == {"absent"}


def value(alarm: dict[str, Any], metrics: dict[str, dict[int, float]]) -> dict[int, float]:
    """Evaluate an alarm's queries; metrics by the id of their query."""
    queries = {one["Id"]: one for one in alarm["properties"]["Metrics"]}
    assert [one["Id"] for one in queries.values() if one["ReturnData"]] == [next(iter(queries))]
    found: dict[str, Any] = {name: metrics.get(name, {}) for name, one in queries.items() if "MetricStat" in one}
    while missing := [name for name in queries if name not in found]:
        for name in missing:
            if names(queries[name]["Expression"]) <= set(found):
                found[name] = evaluate(queries[name]["Expression"], Scope(found, (0, 60), 60))
    result: dict[int, float] = found[next(iter(queries))]
    return result


def minute(**metrics: float) -> dict[str, dict[int, float]]:
    return {name: {0: number} for name, number in metrics.items()}


def test_the_greatest_of_all_shares_counts() -> None:
    alarm = made(SINGLE, intent={"requests": 10})["cloudwatch_alarm.main-out"]
    limit = scaling_targets({"requests": 10})["limits"]["requests"]
    usual = {"cpu": 45.0, "memory": 40.0, "hosts_0": 4.0, "requests_0": 4 * limit}
    assert value(alarm, minute(**usual))[0] == pytest.approx(100)
    assert value(alarm, minute(**usual, hosts_1=1.0, requests_1=6 * limit))[0] == pytest.approx(200)
    assert value(alarm, minute(**{**usual, "cpu": 99.0}))[0] == pytest.approx(110)
    assert value(alarm, minute(**{**usual, "memory": 96.0}))[0] == pytest.approx(120)


def test_spare_is_what_one_task_fewer_would_mean() -> None:
    alarm = made(BLUE, intent={"requests": 10})["cloudwatch_alarm.blue-in"]
    spare = scaling_targets({"requests": 10})["spare"]["requests"]
    three = minute(cpu=5, memory=5, hosts_0=3, requests_0=2 * spare)
    assert value(alarm, three)[0] == pytest.approx(100)
    assert value(alarm, minute(cpu=1, memory=1, hosts_0=1, requests_0=0)) == {}


def test_cpu_alone_goes_by_its_own_lower_limit() -> None:
    alarm = made(BLUE)["cloudwatch_alarm.blue-in"]
    assert value(alarm, minute(cpu=30, memory=5, hosts_0=10))[0] == pytest.approx(100)
    assert value(alarm, minute(cpu=1, memory=1, hosts_0=1)) == {}
