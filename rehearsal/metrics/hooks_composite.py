"""Composite alarms, which moto does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.alarm_rules import check_actions
from rehearsal.metrics.composite import RuleError, name_of, parse
from rehearsal.metrics.hooks_alarms import put
from rehearsal.metrics.kept import alarms, lock
from rehearsal.metrics.watching import follow

SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


@operation("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(call: Call) -> dict[str, Any]:
    """Keep a composite alarm whose rule can be parsed and names alarms that exist, and evaluate it."""
    params = call.params
    with lock(call.world):
        there = alarms(call.world, call.region)
        named = _named(params["AlarmRule"])
        _refuse_missing(named, there, "AlarmRule")
        _check_suppressor(params, there)
        check_actions(params, call.region)
        if params["AlarmName"] in _below(named, there):
            raise Refused("ValidationError", f"AlarmRule of {params['AlarmName']} forms a cycle")
        put(call)
        follow(call.world, there, call.world.clock.now())
    return {}


def _named(rule: str) -> list[str]:
    try:
        return parse(rule).names
    except RuleError as error:
        raise Refused("ValidationError", f"AlarmRule is invalid: {error}") from error


def _refuse_missing(names: list[str], there: Mapping[str, Alarm], where: str) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        raise Refused("ValidationError", f"{where} refers to alarms that do not exist: {', '.join(missing)}")


def _check_suppressor(params: Mapping[str, Any], there: Mapping[str, Alarm]) -> None:
    given = [name for name in SUPPRESSION if name in params]
    if not given:
        return
    if len(given) < len(SUPPRESSION):
        raise Refused("ValidationError", f"{', '.join(SUPPRESSION)} must be specified together")
    _refuse_missing([name_of(params["ActionsSuppressor"])], there, "ActionsSuppressor")


def _below(names: list[str], there: Mapping[str, Alarm]) -> set[str]:
    """Return all alarms that a rule depends on."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            alarm = there.get(name)
            left += _named(alarm.params["AlarmRule"]) if alarm and alarm.composite else []
    return found
