"""The alarms that roll a release back, tried before it: would they ring for either version, and in time?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..cloud import Cloud
from ..metric_data import metric_data
from .finding import Finding
from .spec import Spec

#: Seconds after which CloudWatch has a minute of a load balancer.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
DELAY = 60
#: Longest period of an alarm on these metrics, where none is said.
MINUTE = 60
HOUR = 3600
Alarm = Mapping[str, Any]


def read_alarms(cloud: Cloud, names: list[str]) -> list[dict[str, Any]]:
    """Return the descriptions of those alarms that are there."""
    return cloud.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names) if names else []


def states(cloud: Cloud, alarms: Iterable[Alarm]) -> dict[str, str]:
    """Return how alarms stand by their names: the state, and whether their metrics had data in the last hour."""
    there = {alarm["AlarmName"]: alarm for alarm in alarms}
    queries = [
        {"Id": f"alarm{place}_{number}", "MetricStat": stat}
        for place, alarm in enumerate(there.values())
        for number, stat in enumerate(_stats(alarm))
    ]
    found = metric_data(cloud, queries, cloud.time() - HOUR, cloud.time()) if queries else {}
    seen = {query.partition("_")[0] for query, series in found.items() if series}
    return {
        name: f"{alarm['StateValue']}, {'has' if f'alarm{place}' in seen else 'had no'} data in the last hour"
        for place, (name, alarm) in enumerate(there.items())
    }


def _stats(alarm: Alarm) -> Iterable[dict[str, Any]]:
    """Return the metrics that an alarm looks at, as GetMetricData takes them."""
    yield from (query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query)
    if "MetricName" in alarm:
        metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions") if name in alarm}
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        yield {"Metric": metric, "Period": alarm["Period"], "Stat": statistic}


def check_alarms(spec: Spec, alarms: Iterable[Alarm]) -> list[Finding]:
    """Return what is wrong with the alarms of a release.

    Args:
        spec: the release.
        alarms: descriptions of those of its alarms that are there.
    """
    found = {alarm["AlarmName"]: alarm for alarm in alarms}
    missing = [name for name in spec.alarms if name not in found]
    gone = [Finding(f"alarm {name} is not there: run site.yml --limit alarms", stops=True) for name in missing]
    told = [finding for alarm in found.values() for finding in _check(spec, alarm)]
    return gone + told + ([] if missing else _uncovered(spec, found.values()))


def _check(spec: Spec, alarm: Alarm) -> Iterable[Finding]:
    name = alarm["AlarmName"]
    if alarm["StateValue"] == "ALARM":
        yield Finding(f"alarm {name} is ringing already: mend its cause first", stops=True)
    if alarm.get("TreatMissingData", "missing") == "missing":
        yield Finding(f"alarm {name} does not say what missing data means; without any it never rings")
        if alarm["StateValue"] == "INSUFFICIENT_DATA":
            yield Finding(f"alarm {name} has no data, so it cannot ring")
    bake = spec.bake_minutes * 60
    if bake and earliest(alarm) > bake:
        yield Finding(f"alarm {name} rings after {earliest(alarm)} s at the earliest, a step bakes {bake:g} s")


def _uncovered(spec: Spec, alarms: Iterable[Alarm]) -> list[Finding]:
    """Return a finding for each side that no alarm watches, where there are alarms at all."""
    if not spec.alarms:
        return [Finding("no alarm rolls this release back: release_alarms is empty")]
    watched = {group for alarm in alarms for group in _groups(alarm)}
    return [
        Finding(f"no alarm watches the target group {side.metric} ({side.name}): see release_alarms", stops=True)
        for side in (spec.blue, spec.green)
        if side.metric not in watched
    ]


def _groups(alarm: Alarm) -> Iterable[str]:
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    for metric in (alarm, *metrics):
        yield from (pair["Value"] for pair in metric.get("Dimensions", []) if pair["Name"] == "TargetGroup")


def earliest(alarm: Alarm) -> int:
    """Return the seconds from the first bad request until an alarm can ring."""
    periods = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)
    stats = [query["MetricStat"]["Period"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return int(periods) * int(alarm.get("Period") or max(stats, default=MINUTE)) + DELAY
