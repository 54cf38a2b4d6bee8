"""Reads what a service used from CloudWatch, period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..cloud import Cloud
from ..metric_data import Series, metric_data

PERIOD, DAY = 300, 24 * 3600
#: Metric, statistic and namespace of each side's ECS service.
OF_SERVICE = {
    "cpu": ("AWS/ECS", "CPUUtilization", "Average"),
    "memory": ("AWS/ECS", "MemoryUtilization", "Maximum"),
    "tasks": ("ECS/ContainerInsights", "RunningTaskCount", "Average"),
}


def usage(cloud: Cloud, sides: Sequence[Mapping[str, Any]], days: float) -> list[dict[str, Any]]:
    """Return samples of the last days, as the filter ``right_size`` takes them.

    Args:
        cloud: the account and region.
        sides: of the service, see the filter ``scaling_resources``.
        days: up to now.
    """
    end = cloud.time() // PERIOD * PERIOD
    found = metric_data(cloud, _queries(sides), end - days * DAY, end)
    moments = sorted({at for series in found.values() for at in series})
    return [sample(at, found, sides) for at in moments]


def sample(at: int, found: Mapping[str, Series], sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one period: tasks of all sides, their CPU weighed by number, the hungriest's memory, requests to all."""
    each = [{name: found.get(f"{name}_{side['name']}", {}).get(at) for name in OF_SERVICE} for side in sides]
    running = [one for one in each if one["tasks"]]
    tasks = sum(one["tasks"] or 0 for one in running)
    known = bool(running) and all(one["cpu"] is not None and one["memory"] is not None for one in running)
    requests = [series[at] for name, series in found.items() if name.startswith("requests_") and at in series]
    return {
        "cpu": sum((one["cpu"] or 0) * (one["tasks"] or 0) for one in running) / tasks if known else None,
        "memory": max(one["memory"] or 0 for one in running) if known else None,
        "requests": sum(requests),
        "tasks": tasks,
    }


def _queries(sides: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for side in sides:
        service = {"ClusterName": side["cluster"], "ServiceName": side["service"]}
        for name, (namespace, metric, stat) in OF_SERVICE.items():
            yield _query(f"{name}_{side['name']}", namespace, metric, service, stat)
        for number, group in enumerate(side["groups"]):
            target = {"LoadBalancer": side["load_balancer"], "TargetGroup": group}
            yield _query(f"requests_{side['name']}_{number}", "AWS/ApplicationELB", "RequestCount", target, "Sum")


def _query(name: str, namespace: str, metric: str, dimensions: Mapping[str, str], stat: str) -> dict[str, Any]:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": pairs}
    return {"Id": name, "MetricStat": {"Metric": named, "Period": PERIOD, "Stat": stat}}
