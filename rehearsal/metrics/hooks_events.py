"""EventBridge: events that are put reach topics, which moto does not know as targets, and count as invocations.

A delivery that a topic or its key refuses is dropped, as on AWS: nobody hears of it but the metric FailedInvocations.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

from __future__ import annotations

import copy
import json
import uuid
from typing import Any

from moto.events.utils import EventTemplateParser

from rehearsal.control.overlay import Call, operation
from rehearsal.metrics.publishing import EVENTS, Refusal, publish_to_topic
from rehearsal.metrics.putting import put
from rehearsal.world import World

REQUIRED = ("Source", "DetailType", "Detail")


@operation("events", "PutEvents")
def put_events(call: Call) -> dict[str, Any]:
    """Give each event to the rules of its bus."""
    answers = [_taken(call, entry) for entry in call.params["Entries"]]
    return {"FailedEntryCount": sum("ErrorCode" in one for one in answers), "Entries": answers}


def _taken(call: Call, entry: dict[str, Any]) -> dict[str, Any]:
    for name in REQUIRED:
        if not entry.get(name):
            text = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": text}
    if entry["Source"].startswith("aws."):
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    try:
        event = _event(call, entry, json.loads(entry["Detail"]))
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    bus = call.backend().describe_event_bus(entry.get("EventBusName", "default").split("/")[-1])
    for rule in list(bus.rules.values()):
        if rule.state != "DISABLED" and rule.event_pattern.matches_event(event):
            _invoke(call.world, call.region, rule, event)
    return {"EventId": event["id"]}


def _event(call: Call, entry: dict[str, Any], detail: Any) -> dict[str, Any]:
    now = call.world.clock.now()
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": call.account,
        "time": now,
        "region": call.region,
        "resources": entry.get("Resources", []),
        "detail": detail,
        "ingestion-time": now,
    }


def _invoke(world: World, region: str, rule: Any, event: dict[str, Any]) -> None:
    """Give an event to the topics among a rule's targets; moto gives it to the others."""
    rest = copy.copy(rule)
    rest.targets = [one for one in rule.targets if ":sns:" not in one["Arn"]]
    rest.send_to_targets(copy.deepcopy(event))
    for target in rule.targets:
        if target not in rest.targets:
            _count(world, region, rule, "Invocations")
            try:
                publish_to_topic(world, target["Arn"], "", _text(target, event), EVENTS)
            except Refusal:
                _count(world, region, rule, "FailedInvocations")


def _text(target: dict[str, Any], event: dict[str, Any]) -> str:
    given = target.get("InputTransformer", {})
    told = EventTemplateParser.parse(
        input_template=given.get("InputTemplate"), input_paths_map=given.get("InputPathsMap", {}), event=event
    )
    return told if isinstance(told, str) else json.dumps(told)


def _count(world: World, region: str, rule: Any, name: str) -> None:
    dimensions = [{"Name": "RuleName", "Value": rule.name}]
    put(world, region, "AWS/Events", {"MetricName": name, "Dimensions": dimensions, "Value": 1.0, "Unit": "Count"})
