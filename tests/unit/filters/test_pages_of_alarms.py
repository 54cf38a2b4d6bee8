"""Who tells people, of the alarms that the role declares for each environment: pages do, each of other alarms."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest

from tests.unit.adapters.test_watching_roles import declared

ENVIRONMENTS = ("dev", "staging", "prod")
NAMED = re.compile(r"\$\{(cloudwatch(?:_composite)?_alarm)\.(.+?)\.AlarmName\}")


@functools.cache
def alarms(environment: str, kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of the alarms of a kind, by name."""
    found = [one for one in declared(environment, "alarms") if one["type"] == kind]
    return {one["name"]: one["properties"] for one in found}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_pages_alone_tell_people(environment: str) -> None:
    told = ("AlarmActions", "OKActions")
    assert {tuple(one[name]) for one in alarms(environment, "cloudwatch_alarm").values() for name in told} == {()}
    assert all(one[name] for one in alarms(environment, "cloudwatch_composite_alarm").values() for name in told)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_alarm_is_on_one_page(environment: str) -> None:
    rules = [one["AlarmRule"] for one in alarms(environment, "cloudwatch_composite_alarm").values()]
    named = [name for rule in rules for _, name in NAMED.findall(rule)]
    assert sorted(named) == sorted(alarms(environment, "cloudwatch_alarm"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_page_is_silent_while_what_explains_it_is_told(environment: str) -> None:
    pages = alarms(environment, "cloudwatch_composite_alarm")
    explained = {
        name: NAMED.findall(one["ActionsSuppressor"]) for name, one in pages.items() if "ActionsSuppressor" in one
    }
    assert explained == {
        "web": [("cloudwatch_alarm", "database/silent")],
        "web_tasks": [("cloudwatch_composite_alarm", "web")],
    }
    assert "database/silent" in pages["database"]["AlarmRule"], "the cause itself is told"
