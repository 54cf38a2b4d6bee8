"""Working hours: what follows from them, and who may not have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.night.hours import night_plan
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from rehearsal.orchestration.expressions import is_cron, next_of_cron

ENVIRONMENTS = ["dev", "staging", "prod"]
HOURS = {"wake": "07:00", "sleep": "20:30"}
EVENING, MORNING = "cron(30 20 * * ? *)", "cron(0 7 ? * MON,TUE,WED,THU,FRI *)"


def test_an_environment_without_hours_always_runs() -> None:
    for name in ENVIRONMENTS:
        assert night_plan({}, name, ENVIRONMENTS) == {"cron": {}, "timezone": "UTC", "running_hours": 730}


def test_it_wakes_on_working_days_and_sleeps_every_evening() -> None:
    plan = night_plan(HOURS, "dev", ENVIRONMENTS)
    assert plan["cron"] == {"asleep": EVENING, "awake": MORNING}
    assert plan["running_hours"] == pytest.approx(13.5 * 5 * 52 / 12, abs=0.05)


def test_days_and_zone_of_its_own() -> None:
    plan = night_plan({**HOURS, "days": ["SAT"], "timezone": "Europe/Berlin"}, "staging", ENVIRONMENTS)
    assert plan["cron"]["awake"] == "cron(0 7 ? * SAT *)"
    assert plan["timezone"] == "Europe/Berlin"
    assert plan["running_hours"] == pytest.approx(13.5 * 52 / 12, abs=0.05)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"wake": "07:00"}, "working_hours.sleep is ''; give a time"),
        ({**HOURS, "sleep": 73800}, "working_hours.sleep is 73800; give a time such as"),
        ({**HOURS, "sleep": "24:00"}, "working_hours.sleep is '24:00'"),
        ({**HOURS, "sleep": "06:00"}, "07:00 is not before 06:00"),
        ({**HOURS, "days": ["monday"]}, r"working_hours.days is \['monday'\]; give some of MON, TUE"),
        ({**HOURS, "days": []}, "working_hours.days is"),
        ({**HOURS, "zone": "UTC"}, "zone is unknown; there are wake, sleep, days, timezone"),
    ],
)
def test_what_are_no_hours(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConvergeError, match=told):
        night_plan(given, "dev", ENVIRONMENTS)


def test_the_last_environment_may_not_sleep() -> None:
    with pytest.raises(ConvergeError, match="working_hours are set in prod, which people depend on"):
        night_plan(HOURS, "prod", ENVIRONMENTS)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (datetime(2026, 11, 27, 5, 59, 30, tzinfo=UTC), datetime(2026, 11, 27, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 6, 0, tzinfo=UTC), datetime(2026, 11, 30, 6, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 3, 0, tzinfo=UTC), datetime(2026, 7, 1, 5, 0, tzinfo=UTC)),
    ],
    ids=["on Friday", "over the weekend", "in summer"],
)
def test_the_next_morning_in_the_local_cloud(after: datetime, expected: datetime) -> None:
    found = next_of_cron(MORNING, "Europe/Berlin", after.timestamp())
    assert found is not None
    assert datetime.fromtimestamp(found, UTC) == expected


def test_the_local_cloud_tells_what_is_no_cron() -> None:
    assert is_cron(EVENING)
    assert not is_cron("cron(0 20 * * MON-FRI *)")
    assert not is_cron("rate(1 minute)")
