"""Evaluation of all alarms: metric ones by their data, composite ones by the alarms they name."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.changes import act, change
from rehearsal.metrics.composite import CompositeRule, name_of, parse
from rehearsal.metrics.evaluation import ALARM, INSUFFICIENT, OK
from rehearsal.metrics.judging import Verdict, judge, stamp
from rehearsal.metrics.kept import alarms, metrics, regions
from rehearsal.metrics.store import MINUTE
from rehearsal.world import World

#: Composite alarms over composite alarms: how deep they may lie; AWS refuses circles only.
DEEPEST = 10


def watch(world: World, at: int) -> None:
    """Evaluate the alarms that are due at a virtual second.

    Args:
        world: the local cloud.
        at: a multiple of ten; at full minutes all are due, else those with a shorter period.
    """
    for region in regions(world):
        there = dict(alarms(world, region))
        for alarm in there.values():
            if not alarm.composite and (at % MINUTE == 0 or alarm.period < MINUTE):
                verdict = judge(metrics(world), alarm, at)
                if verdict:
                    change(world, alarm, verdict, at)
        follow(world, there, at)


def follow(world: World, there: Mapping[str, Alarm], now: float) -> None:
    """Bring composite alarms into the state of what they name, and carry out actions that are suppressed no more."""
    composites = [alarm for alarm in there.values() if alarm.composite]
    for _ in range(DEEPEST):
        if not sum(_follow(world, alarm, there, now) for alarm in composites):
            break
    for alarm in composites:
        if "ActionsSuppressor" in alarm.params:
            suppress(world, alarm, there, now)


def _follow(world: World, alarm: Alarm, there: Mapping[str, Alarm], now: float) -> bool:
    """Evaluate a composite alarm when one that it names changed; a state that was set stays until then."""
    rule = parse(alarm.params["AlarmRule"])
    seen = tuple(state_of(there, name) for name in rule.alarms)
    if seen == alarm.seen:
        return False
    alarm.seen = seen
    state = ALARM if rule.holds(lambda name: state_of(there, name)) else OK
    if state == alarm.state_value:
        return False
    change(world, alarm, _verdict(alarm, rule, state, there, now), now)
    return True


def _verdict(alarm: Alarm, rule: CompositeRule, state: str, there: Mapping[str, Alarm], now: float) -> Verdict:
    named = [there[name] for name in rule.names if name in there]
    cause = max(named, key=lambda child: child.transitioned, default=None)
    if cause is None:
        return Verdict(state, f"{alarm.alarm_arn} was created and its alarm rule evaluates to {state}", "")
    text = f"{cause.alarm_arn} transitioned to {cause.state_value} at {stamp(cause.transitioned)}"
    data = [
        {"arn": one.alarm_arn, "state": {"value": one.state_value, "timestamp": stamp(one.transitioned)}}
        for one in named
        if one is cause or one.state_value == ALARM
    ]
    return Verdict(state, text, json.dumps({"queryDate": stamp(now), "triggeringAlarms": data}))


def state_of(there: Mapping[str, Alarm], name: str) -> str:
    """Return the state of an alarm by its name or ARN."""
    alarm = there.get(name_of(name))
    return alarm.state_value if alarm else INSUFFICIENT


def suppress(world: World, alarm: Alarm, there: Mapping[str, Alarm], now: float) -> None:
    """Say what holds the actions of a composite alarm back now, or carry out those that nothing holds back.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
    """
    held, params = alarm.suppression, alarm.params
    wait, extension = params.get("ActionsSuppressorWaitPeriod", 0), params.get("ActionsSuppressorExtensionPeriod", 0)
    if state_of(there, params["ActionsSuppressor"]) == ALARM:
        held.rang_at, held.by = now, "Alarm"
    elif held.rang_at is not None and now < held.rang_at + extension:
        held.by = "ExtensionPeriod"
    elif held.waiting and held.by in {"", "WaitPeriod"} and now < held.waiting[1] + wait:
        held.by = "WaitPeriod"
    else:
        held.by = ""
        if held.waiting:
            (old, _), held.waiting = held.waiting, None
            act(world, alarm, old, now)
