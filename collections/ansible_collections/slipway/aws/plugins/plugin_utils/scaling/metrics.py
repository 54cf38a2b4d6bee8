"""Metric math of the scaling alarms: the load in per cent of the limits, and what it would be with one task fewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Query = dict[str, Any]
MINUTE = 60


def load_queries(side: Mapping[str, Any], limits: Mapping[str, float]) -> list[Query]:
    """Return queries for the greatest of a side's metrics, each in per cent of its limit.

    Args:
        side: ``cluster``, ``service``, ``load_balancer`` and ``groups``, its target groups; as CloudWatch names them.
        limits: see :func:`.targets.scaling_targets`.
    """
    shares = {name: f"100 * {_metric(name)} / {limit:g}" for name, limit in limits.items()}
    return _greatest("load", "Percent of the limit", shares, _sources(side, [*limits], hosts="requests" in limits))


def spare_queries(side: Mapping[str, Any], spare: Mapping[str, float], cpu_in: float) -> list[Query]:
    """Return queries for the same with one task fewer, in per cent of what is allowed then; nothing of one task alone.

    Args:
        side: as above.
        spare: limits for one task fewer.
        cpu_in: per cent of CPU below which tasks go, 0 where it does not count.
    """
    left = "hosts / (hosts - 1)"
    shares = {name: f"100 * {_metric(name)} * {left} / {limit:g}" for name, limit in spare.items()}
    if cpu_in:
        # The last factor is 1, but there is none with one task.
        shares["low"] = f"100 * cpu / {cpu_in:g} * (hosts - 1) / (hosts - 1)"
    return _greatest("spare", "Percent of what one task fewer may have", shares, _sources(side, [*spare], hosts=True))


def _metric(name: str) -> str:
    return "requests / hosts" if name == "requests" else name


def _greatest(name: str, label: str, shares: Mapping[str, str], sources: Sequence[Query]) -> list[Query]:
    names = [f"{share}_share" for share in shares]
    parts = [_expression(f"{share}_share", text) for share, text in shares.items()]
    whole = {"Id": name, "Label": label, "Expression": f"MAX([{', '.join(names)}])", "ReturnData": True}
    return [whole, *parts, *sources]


def _expression(name: str, text: str) -> Query:
    return {"Id": name, "Expression": text, "ReturnData": False}


def _sources(side: Mapping[str, Any], names: Sequence[str], *, hosts: bool) -> list[Query]:
    service = {"ClusterName": side["cluster"], "ServiceName": side["service"]}
    metrics = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}
    found = [_stat(name, "AWS/ECS", metrics[name], service, "Average") for name in names if name in metrics]
    if hosts:
        found += _of_groups("hosts", "HealthyHostCount", "Average", side)
    if "requests" in names:
        found += _of_groups("requests", "RequestCount", "Sum", side)
    return found


def _of_groups(name: str, metric: str, stat: str, side: Mapping[str, Any]) -> list[Query]:
    """Return a metric summed over a side's target groups: of two that take turns, either may have nothing to tell."""
    ids = [f"{name}_{number}" for number in range(len(side["groups"]))]
    total = _expression(name, " + ".join(f"FILL({one}, 0)" for one in ids))
    each = zip(ids, side["groups"], strict=True)
    return [
        total,
        *(
            _stat(
                one, "AWS/ApplicationELB", metric, {"LoadBalancer": side["load_balancer"], "TargetGroup": group}, stat
            )
            for one, group in each
        ),
    ]


def _stat(name: str, namespace: str, metric: str, dimensions: Mapping[str, str], stat: str) -> Query:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": pairs}
    return {"Id": name, "ReturnData": False, "MetricStat": {"Metric": named, "Period": MINUTE, "Stat": stat}}
