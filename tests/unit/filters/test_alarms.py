from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.alarms import composite_alarms, with_thresholds


def alarm(name: str) -> dict[str, Any]:
    return {"type": "cloudwatch_alarm", "name": name, "properties": {"AlarmName": name, "Threshold": 5}}


ALARMS = [alarm("web/errors/blue"), alarm("web/errors/green"), alarm("web/cpu"), alarm("api/errors/blue")]


def test_thresholds_are_replaced_for_their_owner_alone() -> None:
    found = {
        entry["name"]: entry["properties"]["Threshold"] for entry in with_thresholds(ALARMS, {"web": {"errors": 1}})
    }
    assert found == {"web/errors/blue": 1, "web/errors/green": 1, "web/cpu": 5, "api/errors/blue": 5}


def test_null_leaves_an_alarm_out() -> None:
    names = [entry["name"] for entry in with_thresholds(ALARMS, {"web": {"errors": None}, "api": {}})]
    assert names == ["web/cpu", "api/errors/blue"]


def test_an_unknown_alarm_is_refused_by_name() -> None:
    with pytest.raises(AnsibleFilterError, match="web has no alarm latency; there are cpu, errors"):
        with_thresholds(ALARMS, {"web": {"latency": 1}})


def test_one_composite_an_owner() -> None:
    web, api = composite_alarms(ALARMS, {"AlarmActions": ["topic"]}, "slipway-dev")
    assert (web["name"], api["name"]) == ("web", "api")
    assert api["properties"] == {
        "AlarmActions": ["topic"],
        "AlarmName": "slipway-dev-api",
        "AlarmRule": 'ALARM("${cloudwatch_alarm.api/errors/blue.AlarmName}")',
    }
    assert web["properties"]["AlarmRule"].count(" OR ") == 2
