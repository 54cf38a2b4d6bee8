"""Changes of an alarm's state: remembered in the history, and acted upon."""

from __future__ import annotations

import json
import logging
from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.metrics import composite
from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.evaluation import ALARM
from rehearsal.metrics.judging import Verdict
from rehearsal.metrics.kept import REMEMBERED, alarms, history, moment
from rehearsal.metrics.messages import message, subject
from rehearsal.metrics.publishing import Refusal, publish
from rehearsal.world import World

LOG = logging.getLogger(__name__)


def change(world: World, alarm: Alarm, verdict: Verdict, now: float) -> None:
    """Give an alarm a state, and do what it does when that is a new one.

    Args:
        world: the local cloud.
        alarm: changed.
        verdict: the state with its reason.
        now: virtual time.
    """
    old, reason, data = alarm.state_value, alarm.reason, alarm.reason_data
    alarm.state_value, alarm.reason, alarm.reason_data = verdict.state, verdict.reason, verdict.data
    alarm.updated = now
    if old == verdict.state:
        return
    alarm.transitioned = now
    states = {"version": "1.0", "oldState": _state(old, reason, data)}
    states["newState"] = _state(verdict.state, verdict.reason, verdict.data)
    remember(world, alarm, now, ("StateUpdate", f"Alarm updated from {old} to {verdict.state}"), states)
    if "ActionsSuppressor" in alarm.params:
        alarm.suppression.waiting = (old, now)
    else:
        act(world, alarm, old, now)


def _state(value: str, reason: str, data: str) -> dict[str, Any]:
    known = {"stateReasonData": json.loads(data)} if data else {}
    return {"stateValue": value, "stateReason": reason, **known}


def remember(world: World, alarm: Alarm, now: float, what: tuple[str, str], data: dict[str, Any]) -> None:
    """Add an item to the history.

    Args:
        world: the local cloud.
        alarm: it happened to.
        now: virtual time.
        what: type of the item, and the summary.
        data: written as JSON.
    """
    items = history(world, alarm.region)
    item = {"AlarmName": alarm.name, "AlarmType": alarm.kind, "Timestamp": moment(now)}
    items.append({**item, "HistoryItemType": what[0], "HistorySummary": what[1], "HistoryData": json.dumps(data)})
    del items[:-REMEMBERED]


def act(world: World, alarm: Alarm, old: str, now: float) -> None:
    """Carry out the actions of an alarm's state, unless they are switched off."""
    text = message(alarm, old, ringing(world, alarm))
    for arn in alarm.actions() if alarm.actions_enabled else []:
        data = {"actionState": "Succeeded", "stateUpdateTimestamp": int(alarm.updated * 1000)}
        summary = f"Successfully executed action {arn}"
        try:
            publish(world, arn, subject(alarm), text)
        except (Refusal, ServiceException) as error:
            data = {**data, "actionState": "Failed", "error": str(error)}
            summary = f"Failed to execute action {arn}"
        more = {"notificationResource": arn, "publishedMessage": json.loads(text)}
        remember(world, alarm, now, ("Action", summary[:255]), {**data, **more})


def ringing(world: World, alarm: Alarm) -> list[Alarm]:
    """Return the alarms in ALARM that a composite one names."""
    if not alarm.composite:
        return []
    there = alarms(world, alarm.region)
    names = composite.parse(alarm.params["AlarmRule"]).names
    return [there[name] for name in dict.fromkeys(names) if name in there and there[name].state_value == ALARM]
