"""Schedules: what a release missed while it held them back. The local cloud's own reading of cron must agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.schedules import cron_means, missed
from rehearsal.autoscaling.adjusting import step, track
from rehearsal.autoscaling.cron import CronError, means

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(day=day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("fields", "moment", "expected"),
    [
        ("0 9 * * ? *", at(23, 9), True),
        ("0 9 * * ? *", at(23, 9, 1), False),
        ("0 8 ? * MON-FRI *", at(27, 8), True),
        ("0 8 ? * MON-FRI *", at(28, 8), False),
        ("0/15 10-12 ? * 2 2026", at(23, 11, 45), True),
        ("0/15 10-12 ? * 2 2026", at(24, 11, 45), False),
        ("0 0 L * ? *", at(30, 0), True),
        ("0 0 L * ? *", at(29, 0), False),
        ("0 0 1W NOV ? *", at(2, 0), True),  # the first is a Sunday
        ("0 0 ? * 6L *", at(27, 0), True),
        ("0 0 ? * 6L *", at(20, 0), False),
        ("0 0 ? * 3#2 *", at(10, 0), True),
        ("0 0 ? * 3#2 *", at(17, 0), False),
        ("5,10 0 ? * L *", at(28, 0, 10), True),
    ],
)
def test_both_readings_of_cron_are_right(fields: str, moment: datetime, expected: bool) -> None:
    assert cron_means(fields, moment) is expected
    assert means(f"cron({fields})", moment) is expected


minutes = st.one_of(st.just("*"), st.integers(0, 59).map(str), st.integers(1, 30).map(lambda pace: f"0/{pace}"))
hours = st.one_of(
    st.just("*"),
    st.integers(0, 23).map(str),
    st.tuples(st.integers(0, 11), st.integers(12, 23)).map("{0[0]}-{0[1]}".format),
)
days = st.one_of(
    st.tuples(
        st.one_of(st.just("*"), st.just("L"), st.integers(1, 28).map(str), st.integers(1, 28).map("{}W".format)),
        st.just("?"),
    ),
    st.tuples(
        st.just("?"),
        st.one_of(
            st.just("MON-FRI"),
            st.integers(1, 7).map(str),
            st.integers(1, 7).map("{}L".format),
            st.tuples(st.integers(1, 7), st.integers(1, 5)).map("{0[0]}#{0[1]}".format),
        ),
    ),
)
months = st.sampled_from(["*", "1-6", "JAN,JUL", "11"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31))  # noqa: DTZ001  any local time


@given(minutes, hours, days, months, moments)
def test_both_readings_of_cron_agree(
    minute: str, hour: str, day: tuple[str, str], month: str, moment: datetime
) -> None:
    fields = f"{minute} {hour} {day[0]} {month} {day[1]} *"
    assert cron_means(fields, moment) == means(f"cron({fields})", moment)


@pytest.mark.parametrize("wrong", ["cron(0 9 * * * *)", "cron(60 9 * * ? *)", "cron(0 9 * * ?)", "cron(0 9 ? * FUN *)"])
def test_what_is_no_cron_expression(wrong: str) -> None:
    with pytest.raises(CronError):
        means(wrong, MONDAY)


def action(schedule: str, zone: str = "UTC", **limits: int) -> dict[str, Any]:
    return {"Schedule": schedule, "Timezone": zone, "ScalableTargetAction": limits, "CreationTime": at(23, 0)}


def between(actions: list[dict[str, Any]], begin: datetime, end: datetime) -> dict[str, int]:
    return missed(actions, begin.timestamp(), end.timestamp())


def test_of_what_was_missed_the_last_counts() -> None:
    actions = [
        action("cron(0 9 * * ? *)", MinCapacity=4, MaxCapacity=9),
        action("cron(30 9 * * ? *)", MinCapacity=6),
        action("cron(0 12 * * ? *)", MinCapacity=1),
    ]
    assert between(actions, at(23, 8, 59), at(23, 10)) == {"MinCapacity": 6, "MaxCapacity": 9}
    assert between(actions, at(23, 9), at(23, 9, 29)) == {}
    assert between(actions, at(23, 8), at(23, 12)) == {"MinCapacity": 1, "MaxCapacity": 9}


def test_zones_bounds_rates_and_single_moments() -> None:
    berlin = action("cron(0 9 * * ? *)", "Europe/Berlin", MinCapacity=4)
    assert between([berlin], at(23, 7, 30), at(23, 8)) == {"MinCapacity": 4}
    summer = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert between([berlin], summer - timedelta(minutes=5), summer) == {"MinCapacity": 4}
    assert between([{**berlin, "EndTime": at(22, 0)}], at(23, 7), at(23, 10)) == {}
    assert between([{**berlin, "StartTime": at(24, 0)}], at(23, 7), at(23, 10)) == {}
    assert between([action("rate(2 hours)", MaxCapacity=3)], at(23, 1), at(23, 2)) == {"MaxCapacity": 3}
    assert between([action("rate(2 hours)", MaxCapacity=3)], at(23, 2), at(23, 3)) == {}
    once = action("at(2026-11-23T10:00:00)", "America/New_York", MinCapacity=2)
    assert between([once], at(23, 14), at(23, 16)) == {"MinCapacity": 2}
    assert between([once], at(23, 9), at(23, 11)) == {}
    assert at(23, 15).astimezone(ZoneInfo("America/New_York")).hour == 10


@pytest.mark.parametrize(
    ("adjustment", "capacity", "expected"),
    [(127, 10, 22), (20, 3, 4), (-20, 3, 2), (-67, 10, 4), (0, 5, 5), (6, 2, 3)],
)
def test_the_local_cloud_rounds_as_aws_does(adjustment: int, capacity: int, expected: int) -> None:
    steps = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": adjustment}]
    assert step({"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": steps}, capacity, 0) == expected


def test_bounds_of_steps_and_the_proportion_of_tracking() -> None:
    steps = [
        {"MetricIntervalUpperBound": -10.0, "ScalingAdjustment": -2},
        {"MetricIntervalLowerBound": -10.0, "MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1},
    ]
    body = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps}
    assert [step(body, 5, distance) for distance in (-0.1, -9.9, -10, -50, 3)] == [4, 4, 3, 3, 5]
    assert [track(4, metric, 70) for metric in (70, 71, 140, 35, 36)] == [4, 5, 8, 2, 3]
