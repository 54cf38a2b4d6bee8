from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.alarms import composite_alarms, with_runbooks, with_thresholds


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


def test_windows_count_together_and_tasks_apart() -> None:
    entries = [alarm("web/fast/1h"), alarm("web/fast/5m"), alarm("web/errors/blue"), alarm("web/cpu/tasks-blue")]
    web, tasks = composite_alarms(entries, {}, "slipway-dev", {"web_tasks": "other"})
    named = 'ALARM("${{cloudwatch_alarm.{}.AlarmName}}")'.format
    together = f"({named('web/fast/1h')} AND {named('web/fast/5m')})"
    assert web["properties"]["AlarmRule"] == f"{together} OR {named('web/errors/blue')}"
    assert "ActionsSuppressor" not in web["properties"]
    assert (tasks["name"], tasks["properties"]["AlarmName"]) == ("web_tasks", "slipway-dev-web-tasks")
    assert tasks["properties"]["ActionsSuppressor"] == "other"
    assert tasks["properties"]["ActionsSuppressorWaitPeriod"] > 0


def test_a_description_ends_with_its_page() -> None:
    entries = [alarm("web/cpu/blue"), alarm("database/cpu"), alarm("web"), alarm("web_tasks"), alarm("database")]
    pages = [
        one["properties"]["AlarmDescription"].split("Runbook: ")[1] for one in with_runbooks(entries, "r/", ["web"])
    ]
    assert pages == ["r/cpu.md", "r/database_cpu.md", "r/service.md", "r/service_tasks.md", "r/database.md"]
