"""What CloudWatch tells of alarms: descriptions, by metric, and the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.authorization.needs import DESCRIBE_ALARMS
from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.metrics.alarm import ACTIONS, Alarm
from rehearsal.metrics.composite import parse
from rehearsal.metrics.kept import alarms, history, lock, seconds
from rehearsal.metrics.paging import page
from rehearsal.metrics.store import dimensions

MOST = 100
FILTERS = ("AlarmNames", "AlarmNamePrefix", "ChildrenOfAlarmName", "ParentsOfAlarmName")


@operation("cloudwatch", "DescribeAlarms")
def describe_alarms(call: Call) -> dict[str, Any]:
    """Describe alarms, metric alarms only unless others are asked for."""
    if len([name for name in FILTERS if name in call.params]) > 1:
        raise Refused("ValidationError", f"Only one of {', '.join(FILTERS)} can be specified")
    with lock(call.world):  # who sees a new state finds what came of it in the history
        there = dict(sorted(alarms(call.world, call.region).items()))
        chosen = _related(call.params, there)
        shown, more = page([alarm for alarm in chosen if _wanted(call.params, alarm)], call.params, MOST)
        return {
            "MetricAlarms": [alarm.described() for alarm in shown if not alarm.composite],
            "CompositeAlarms": [alarm.described() for alarm in shown if alarm.composite and _may_see(call)],
            **more,
        }


def _may_see(call: Call) -> bool:
    """Say whether the caller may see composite alarms: with the right on all alarms only."""
    gate = call.world.gate
    return gate is None or gate.shows(call.key, DESCRIBE_ALARMS, call.region)


def _related(params: Mapping[str, Any], there: Mapping[str, Alarm]) -> list[Alarm]:
    """Return the alarms that a composite one names, or those that name an alarm, or all."""
    child, parent = params.get("ParentsOfAlarmName"), params.get("ChildrenOfAlarmName")
    for name in (child, parent):
        if name and name not in there:
            raise Refused("ResourceNotFound", "Unknown", 404)
    if parent:
        return [there[name] for name in _children(there[parent]) if name in there]
    return [alarm for alarm in there.values() if not child or child in _children(alarm)]


def _children(alarm: Alarm) -> list[str]:
    rule = alarm.params.get("AlarmRule")
    return parse(rule).names if rule else []


def _wanted(params: Mapping[str, Any], alarm: Alarm) -> bool:
    related = "ParentsOfAlarmName" in params or "ChildrenOfAlarmName" in params
    types = params.get("AlarmTypes") or (["MetricAlarm", "CompositeAlarm"] if related else ["MetricAlarm"])
    actions = [arn for name in ACTIONS.values() for arn in alarm.params.get(name, [])]
    return (
        alarm.kind in types
        and alarm.name in (params.get("AlarmNames") or [alarm.name])
        and alarm.name.startswith(params.get("AlarmNamePrefix", ""))
        and alarm.state_value == params.get("StateValue", alarm.state_value)
        and ("ActionPrefix" not in params or any(arn.startswith(params["ActionPrefix"]) for arn in actions))
    )


@operation("cloudwatch", "DescribeAlarmsForMetric")
def describe_alarms_for_metric(call: Call) -> dict[str, Any]:
    """Describe the alarms on exactly one metric."""
    params = call.params
    with lock(call.world):
        there = sorted(alarms(call.world, call.region).items())
    same = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
    found = [
        alarm.described()
        for _, alarm in there
        if all(alarm.params.get(name) == params[name] for name in same if name in params)
        and dimensions(alarm.params.get("Dimensions", ())) == dimensions(params.get("Dimensions", ()))
    ]
    return {"MetricAlarms": found}


@operation("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(call: Call) -> dict[str, Any]:
    """Tell what happened, the newest first unless the other order is asked for; also of alarms that are gone."""
    params = call.params
    found = [item for item in list(history(call.world, call.region)) if _told(params, item)]
    if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        found.reverse()
    shown, more = page(found, params, MOST)
    return {"AlarmHistoryItems": shown, **more}


def _told(params: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    at = seconds(item["Timestamp"])
    return (
        item["AlarmType"] in params.get("AlarmTypes", ["MetricAlarm"])
        and item["AlarmName"] == params.get("AlarmName", item["AlarmName"])
        and item["HistoryItemType"] == params.get("HistoryItemType", item["HistoryItemType"])
        and ("StartDate" not in params or at >= seconds(params["StartDate"]))
        and ("EndDate" not in params or at <= seconds(params["EndDate"]))
    )
