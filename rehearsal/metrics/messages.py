"""What CloudWatch tells a topic, in its own form.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import botocore.session

from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.judging import needed, stamp


@cache
def region_name(region: str) -> str:
    """Return the name of a region as CloudWatch writes it."""
    endpoints: Any = botocore.session.Session().get_data("endpoints")
    for partition in endpoints["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"]).replace("Europe (", "EU (")
    return region


def subject(alarm: Alarm) -> str:
    """Return the subject; a topic takes a hundred characters."""
    return f'{alarm.state_value}: "{alarm.name}" in {region_name(alarm.region)}'[:100]


def message(alarm: Alarm, old: str, children: Sequence[Alarm]) -> str:
    """Return the message.

    Args:
        alarm: in its new state.
        old: its state before.
        children: the alarms in ALARM that a composite one names.
    """
    params = alarm.params
    fields = {
        "AlarmName": alarm.name,
        "AlarmDescription": params.get("AlarmDescription"),
        "AWSAccountId": alarm.account,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.updated),
        "Region": region_name(alarm.region),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": old,
        **{name: params.get(name, []) for name in ("OKActions", "AlarmActions", "InsufficientDataActions")},
    }
    more = _composite(alarm, children) if alarm.composite else {"Trigger": _trigger(alarm)}
    return json.dumps({**fields, **more})


def _composite(alarm: Alarm, children: Sequence[Alarm]) -> dict[str, Any]:
    triggering = [
        {"Arn": child.alarm_arn, "State": {"Value": child.state_value, "Timestamp": stamp(child.updated)}}
        for child in children
    ]
    return {"AlarmRule": alarm.params["AlarmRule"], "TriggeringChildren": triggering}


def _trigger(alarm: Alarm) -> dict[str, Any]:
    params = alarm.params
    common = {
        "Period": alarm.period,
        "EvaluationPeriods": params["EvaluationPeriods"],
        "DatapointsToAlarm": needed(alarm),
        "ComparisonOperator": params["ComparisonOperator"],
        "Threshold": float(params["Threshold"]),
        "TreatMissingData": params.get("TreatMissingData", ""),
        "EvaluateLowSampleCountPercentile": params.get("EvaluateLowSampleCountPercentile", ""),
    }
    if params.get("Metrics"):
        return {**common, "Metrics": [_query(query) for query in params["Metrics"]]}
    return {**_metric(params), "Unit": params.get("Unit"), **_statistic(params), **common}


def _statistic(params: Mapping[str, Any]) -> dict[str, Any]:
    if "Statistic" in params:
        return {"StatisticType": "Statistic", "Statistic": params["Statistic"].upper()}
    return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": params["ExtendedStatistic"]}


def _metric(document: Mapping[str, Any]) -> dict[str, Any]:
    pairs = [{"value": pair["Value"], "name": pair["Name"]} for pair in document.get("Dimensions", [])]
    return {"MetricName": document["MetricName"], "Namespace": document.get("Namespace"), "Dimensions": pairs}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    told = {"ReturnData": True, **query}
    if "MetricStat" in query:
        told["MetricStat"] = {**query["MetricStat"], "Metric": _metric(query["MetricStat"]["Metric"])}
    return told
