"""Filters that make alarms of recorded calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def audit_alarms(names: Iterable[str], patterns: Mapping[str, str], watched: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a metric filter and an alarm for each name: one call that fits the pattern rings within five minutes.

    Args:
        names: of the alarms.
        patterns: CloudWatch Logs filter pattern by name.
        watched: ``group`` of logs, ``prefix`` of names, ``namespace`` of the metrics, ``topics`` that are told, and
            the address of the ``runbook``.

    Raises:
        ValueError: a name has no pattern.
    """
    unknown = sorted(set(names) - set(patterns))
    if unknown:
        raise ValueError(f"audit_alarms: {', '.join(unknown)} is none of {', '.join(sorted(patterns))}")
    return [one for name in names for one in (_filter(name, patterns[name], watched), _alarm(name, watched))]


def _filter(name: str, pattern: str, watched: Mapping[str, Any]) -> dict[str, Any]:
    counted = {"metricName": name, "metricNamespace": watched["namespace"], "metricValue": "1"}
    properties = {
        "logGroupName": watched["group"],
        "filterName": f"{watched['prefix']}-{_dashed(name)}",
        "filterPattern": pattern,
        "metricTransformations": [counted],
    }
    return {"type": "logs_metric_filter", "name": name, "properties": properties}


def _alarm(name: str, watched: Mapping[str, Any]) -> dict[str, Any]:
    properties = {
        "AlarmName": f"{watched['prefix']}-calls-{_dashed(name)}",
        "AlarmDescription": f"Calls in this account that concern {name.replace('_', ' ')}: CloudTrail says whose."
        f" Runbook: {watched['runbook']}",
        "AlarmActions": list(watched["topics"]),
        "Namespace": watched["namespace"],
        "MetricName": name,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {"type": "cloudwatch_alarm", "name": f"calls/{name}", "properties": properties}


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"audit_alarms": audit_alarms}
