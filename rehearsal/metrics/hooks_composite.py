"""Composite alarms, which moto does not have: kept here, their state computed from the alarms they name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, operation
from rehearsal.metrics.composite import RuleError, parse
from rehearsal.metrics.evaluation import ALARM, INSUFFICIENT, OK

Alarms = dict[str, dict[str, Any]]


def _kept(call: Call) -> Alarms:
    found: Alarms = call.world.kept("cloudwatch.composite").setdefault(call.region, {})
    return found


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}"


@operation("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(call: Call) -> dict[str, Any]:
    """Keep a composite alarm whose rule can be parsed and names alarms that exist."""
    params = dict(call.params)
    try:
        rule = parse(params["AlarmRule"])
    except RuleError as error:
        raise Refused("ValidationError", f"AlarmRule is invalid: {error}") from error
    there = {*call.backend().alarms, *_kept(call)}
    missing = [name for name in rule.alarms if name.rsplit(":", 1)[-1] not in there]
    if missing:
        raise Refused("ValidationError", f"AlarmRule refers to alarms that do not exist: {', '.join(missing)}")
    tags = {tag["Key"]: tag["Value"] for tag in params.pop("Tags", [])}
    known = _kept(call).get(params["AlarmName"], {"tags": tags})
    _kept(call)[params["AlarmName"]] = {**params, "tags": known["tags"]}
    return {}


@after("cloudwatch", "DescribeAlarms")
def describe_composite(call: Call, response: dict[str, Any]) -> None:
    """Add composite alarms to what was asked for."""
    params = call.params
    if "CompositeAlarm" not in params.get("AlarmTypes", ["MetricAlarm"]):
        return
    names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix", "")
    found = [_described(call, name) for name in sorted(_kept(call)) if name.startswith(prefix)]
    response["CompositeAlarms"] = [alarm for alarm in found if names is None or alarm["AlarmName"] in names]


def _described(call: Call, name: str) -> dict[str, Any]:
    alarm = {key: value for key, value in _kept(call)[name].items() if key != "tags"}
    now = datetime.fromtimestamp(call.world.clock.now(), UTC)
    return {
        "ActionsEnabled": True,
        **alarm,
        "AlarmArn": _arn(call, name),
        "StateValue": state(call, name),
        "StateUpdatedTimestamp": now,
    }


def state(call: Call, name: str) -> str:
    """Return the state of an alarm, a composite one by its rule."""
    name = name.rsplit(":", 1)[-1]
    composite = _kept(call).get(name)
    if composite:
        return ALARM if parse(composite["AlarmRule"]).holds(lambda other: state(call, other)) else OK
    alarm = call.backend().alarms.get(name)
    return str(alarm.state_value) if alarm else INSUFFICIENT


@operation("cloudwatch", "DeleteAlarms")
def delete_alarms(call: Call) -> dict[str, Any] | None:
    """Delete composite alarms here; moto deletes the others."""
    names = call.params["AlarmNames"]
    used = {
        inner for key, alarm in _kept(call).items() if key not in names for inner in parse(alarm["AlarmRule"]).alarms
    }
    blocked = sorted(set(names) & used)
    if blocked:
        raise Refused("ValidationError", f"Cannot delete {blocked[0]} as a composite alarm depends on it.")
    composite = [name for name in names if name in _kept(call)]
    for name in composite:
        del _kept(call)[name]
    return {} if composite and len(composite) == len(names) else None


def _tags(call: Call) -> dict[str, str] | None:
    alarm = _kept(call).get(call.params["ResourceARN"].rsplit(":", 1)[-1])
    return alarm["tags"] if alarm else None


@operation("cloudwatch", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any] | None:
    """List the tags of a composite alarm."""
    tags = _tags(call)
    return None if tags is None else {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@operation("cloudwatch", "TagResource")
def tag(call: Call) -> dict[str, Any] | None:
    """Tag a composite alarm."""
    tags = _tags(call)
    if tags is None:
        return None
    tags.update({entry["Key"]: entry["Value"] for entry in call.params["Tags"]})
    return {}


@operation("cloudwatch", "UntagResource")
def untag(call: Call) -> dict[str, Any] | None:
    """Untag a composite alarm."""
    tags = _tags(call)
    if tags is None:
        return None
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}
