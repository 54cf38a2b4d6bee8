"""Cost Anomaly Detection, which moto lacks: monitors and subscriptions. No anomaly is ever found.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalyMonitor.html
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html
"""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation

MONITORS, SUBSCRIPTIONS = "ce.monitors", "ce.subscriptions"
PUBLISHER = "costalerts.amazonaws.com"
WATCHED = {"CostCategories", "Dimensions", "Tags"}


def _wrong(text: str) -> Refused:
    return Refused("ValidationException", text)


def _keep(call: Call, kind: str, name: str, given: dict[str, Any]) -> str:
    arn = f"arn:aws:ce::{call.account}:{kind}/{uuid.uuid4()}"
    call.world.kept(name)[arn] = given
    call.backend().tag_resource(arn, call.params.get("ResourceTags", []))
    return arn


def _monitor(call: Call, arn: str) -> dict[str, Any]:
    found: dict[str, Any] | None = call.world.kept(MONITORS).get(arn)
    if found is None:
        raise Refused("UnknownMonitorException", f"Unable to find monitor {arn}")
    return found


def _subscription(call: Call) -> dict[str, Any]:
    arn = call.params["SubscriptionArn"]
    found: dict[str, Any] | None = call.world.kept(SUBSCRIPTIONS).get(arn)
    if found is None:
        raise Refused("UnknownSubscriptionException", f"Unable to find subscription {arn}")
    return found


def _check_monitor(call: Call, given: dict[str, Any]) -> None:
    dimension, by = given.get("MonitorDimension"), given.get("MonitorSpecification")
    if given["MonitorType"] == "CUSTOM":
        if dimension or not by or len(WATCHED & set(by)) != 1:
            raise _wrong(f"A custom monitor has a specification by one of {', '.join(sorted(WATCHED))}.")
        return
    if not dimension or (by and dimension == "SERVICE"):
        raise _wrong("A dimensional monitor has a dimension; that by SERVICE has no specification.")
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2515
    if any(one.get("MonitorDimension") == dimension for one in call.world.kept(MONITORS).values()):
        raise _wrong("Limit exceeded on dimensional spend monitor creation")


@operation("ce", "CreateAnomalyMonitor")
def create_monitor(call: Call) -> dict[str, Any]:
    """Keep a monitor, at most one by each dimension."""
    given = call.params["AnomalyMonitor"]
    _check_monitor(call, given)
    return {"MonitorArn": _keep(call, "anomalymonitor", MONITORS, given)}


@operation("ce", "GetAnomalyMonitors")
def get_monitors(call: Call) -> dict[str, Any]:
    """Return the monitors that are named, or all."""
    arns = call.params.get("MonitorArnList") or list(call.world.kept(MONITORS))
    return {"AnomalyMonitors": [{**_monitor(call, arn), "MonitorArn": arn} for arn in arns]}


@operation("ce", "UpdateAnomalyMonitor")
def update_monitor(call: Call) -> dict[str, Any]:
    """Give a monitor another name."""
    arn = call.params["MonitorArn"]
    found = _monitor(call, arn)
    found["MonitorName"] = call.params.get("MonitorName", found["MonitorName"])
    return {"MonitorArn": arn}


@operation("ce", "DeleteAnomalyMonitor")
def delete_monitor(call: Call) -> dict[str, Any]:
    """Forget a monitor."""
    arn = call.params["MonitorArn"]
    _monitor(call, arn)
    _forget(call, MONITORS, arn)
    return {}


def _check_subscription(call: Call, given: dict[str, Any]) -> None:
    for arn in given["MonitorArnList"]:
        _monitor(call, arn)
    if ("Threshold" in given) == ("ThresholdExpression" in given):
        raise _wrong("A subscription has one of Threshold and ThresholdExpression.")
    kind = "SNS" if given["Frequency"] == "IMMEDIATE" else "EMAIL"
    if not given["Subscribers"] or any(one["Type"] != kind for one in given["Subscribers"]):
        raise _wrong(f"With the frequency {given['Frequency']} subscribers are of the type {kind}.")
    for one in given["Subscribers"]:
        if kind == "SNS":
            _check_topic(call, one["Address"])


def _check_topic(call: Call, arn: str) -> None:
    """Refuse a topic to which nobody would be told anything.

    https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
    """
    topic = call.world.backend("sns", arn.split(":")[3]).topics.get(arn)
    if topic is None or PUBLISHER not in topic.policy:
        raise _wrong(f"{PUBLISHER} cannot publish to {arn}.")


@operation("ce", "CreateAnomalySubscription")
def create_subscription(call: Call) -> dict[str, Any]:
    """Keep a subscription."""
    given = call.params["AnomalySubscription"]
    _check_subscription(call, given)
    return {"SubscriptionArn": _keep(call, "anomalysubscription", SUBSCRIPTIONS, given)}


@operation("ce", "GetAnomalySubscriptions")
def get_subscriptions(call: Call) -> dict[str, Any]:
    """Return the subscriptions, of one monitor where it is named."""
    wanted = call.params.get("MonitorArn")
    kept = call.world.kept(SUBSCRIPTIONS).items()
    return {
        "AnomalySubscriptions": [
            {
                **one,
                "SubscriptionArn": arn,
                "AccountId": call.account,
                "Subscribers": [{"Status": "CONFIRMED", **each} for each in one["Subscribers"]],
            }
            for arn, one in kept
            if wanted is None or wanted in one["MonitorArnList"]
        ]
    }


@operation("ce", "UpdateAnomalySubscription")
def update_subscription(call: Call) -> dict[str, Any]:
    """Change what is given of a subscription; one threshold takes the other's place."""
    found = _subscription(call)
    given = {name: value for name, value in call.params.items() if name != "SubscriptionArn"}
    thresholds = {"Threshold", "ThresholdExpression"}
    gone = thresholds if thresholds & set(given) else set()
    changed = {name: value for name, value in found.items() if name not in gone} | given
    _check_subscription(call, changed)
    call.world.kept(SUBSCRIPTIONS)[call.params["SubscriptionArn"]] = changed
    return {"SubscriptionArn": call.params["SubscriptionArn"]}


@operation("ce", "DeleteAnomalySubscription")
def delete_subscription(call: Call) -> dict[str, Any]:
    """Forget a subscription."""
    _subscription(call)
    _forget(call, SUBSCRIPTIONS, call.params["SubscriptionArn"])
    return {}


def _forget(call: Call, name: str, arn: str) -> None:
    del call.world.kept(name)[arn]
    call.backend().tagger.delete_all_tags_for_resource(arn)


@before("ce", "ListTagsForResource", "TagResource", "UntagResource")
def check_tagged(call: Call) -> None:
    """Refuse tags of what is not there."""
    arn = call.params["ResourceArn"]
    if arn not in call.world.kept(MONITORS) and arn not in call.world.kept(SUBSCRIPTIONS):
        raise Refused("ResourceNotFoundException", f"Can't find resource {arn}")
