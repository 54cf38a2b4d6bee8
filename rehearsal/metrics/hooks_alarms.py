"""Alarms of CloudWatch: put, set, deleted."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.alarm_rules import check_alarm
from rehearsal.metrics.changes import change, remember
from rehearsal.metrics.composite import name_of, parse
from rehearsal.metrics.judging import Verdict
from rehearsal.metrics.kept import alarms, lock
from rehearsal.metrics.watching import follow


@operation("cloudwatch", "PutMetricAlarm")
def put_metric_alarm(call: Call) -> dict[str, Any]:
    """Create a metric alarm, or replace its configuration."""
    check_alarm(call.params, call.region)
    put(call)
    return {}


def put(call: Call) -> Alarm:
    """Keep what was put: an alarm that is there keeps its state and its tags."""
    now = call.world.clock.now()
    params = {name: value for name, value in call.params.items() if name != "Tags"}
    with lock(call.world):
        there = alarms(call.world, call.region)
        known = there.get(params["AlarmName"])
        if known is None:
            alarm = there[params["AlarmName"]] = Alarm(call.region, call.account, params, now, now, now)
            call.backend().tagger.tag_resource(alarm.alarm_arn, call.params.get("Tags", []))
        elif known.composite != ("AlarmRule" in params):
            raise Refused("ValidationError", f"An alarm of another type has the name {known.name} already")
        else:
            alarm, known.params, known.configured, known.seen = known, params, now, None
        _remember(call, alarm, "updated" if known else "created", now)
    return alarm


def _remember(call: Call, alarm: Alarm, what: str, now: float) -> None:
    names = {"created": "Create", "updated": "Update", "deleted": "Delete"}
    shown = {name: str(value) for name, value in alarm.described().items()}
    data = {"version": "1.0", "type": names[what], f"{what}Alarm": shown}
    remember(call.world, alarm, now, ("ConfigurationUpdate", f'Alarm "{alarm.name}" {what}'), data)


@operation("cloudwatch", "SetAlarmState")
def set_alarm_state(call: Call) -> dict[str, Any]:
    """Give an alarm a state until its next evaluation, a composite one until an alarm that it names changes."""
    params = call.params
    try:
        json.loads(params.get("StateReasonData") or "{}")
    except ValueError as error:
        raise Refused("InvalidFormat", "StateReasonData is not valid JSON") from error
    with lock(call.world):
        there = alarms(call.world, call.region)
        if params["AlarmName"] not in there:
            raise Refused("ResourceNotFound", "Unknown", 404)
        now = call.world.clock.now()
        verdict = Verdict(params["StateValue"], params["StateReason"], params.get("StateReasonData", ""))
        change(call.world, there[params["AlarmName"]], verdict, now)
        follow(call.world, there, now)
    return {}


@operation("cloudwatch", "DeleteAlarms")
def delete_alarms(call: Call) -> dict[str, Any]:
    """Delete alarms with their tags; the history stays."""
    names, now = call.params["AlarmNames"], call.world.clock.now()
    with lock(call.world):
        there = alarms(call.world, call.region)
        found = [there[name] for name in names if name in there]
        _refuse_deletion(found, there)
        for alarm in found:
            del there[alarm.name]
            call.backend().tagger.delete_all_tags_for_resource(alarm.alarm_arn)
            _remember(call, alarm, "deleted", now)
    return {}


def _refuse_deletion(found: list[Alarm], there: dict[str, Alarm]) -> None:
    composites = [alarm.name for alarm in found if alarm.composite]
    if len(composites) > 1:
        raise Refused("ValidationError", "At most one composite alarm can be deleted in one operation")
    for alarm in there.values():
        if alarm.composite and alarm.name not in composites:
            named = {*parse(alarm.params["AlarmRule"]).names, name_of(alarm.params.get("ActionsSuppressor", ""))}
            for one in found:
                if one.name in named:
                    raise Refused("ValidationError", f"Cannot delete {one.name} as {alarm.name} depends on it.")


@before("cloudwatch", "ListTagsForResource", "TagResource", "UntagResource")
def check_tagged(call: Call) -> None:
    """Refuse an alarm that does not exist."""
    arn = call.params["ResourceARN"]
    if ":alarm:" in arn and arn.rsplit(":alarm:", 1)[-1] not in alarms(call.world, call.region):
        raise Refused("ResourceNotFoundException", "Unknown", 404)


@before("cloudwatch", "EnableAlarmActions", "DisableAlarmActions")
def check_named(call: Call) -> None:
    """Refuse alarms that do not exist."""
    for name in call.params["AlarmNames"]:
        if name not in alarms(call.world, call.region):
            raise Refused("ResourceNotFound", "Unknown", 404)
