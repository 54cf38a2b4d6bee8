"""Marks in the environment's pictures: what a release does, as points of metrics.

A picture is not worth a release, so what goes wrong here is let be.
"""

from __future__ import annotations

from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud

#: Phase of a release to the metric that has a point at its time, and to the candidate's share from then on. The role
#: dashboards shows them.
MARKS = {"promoted": ("ReleasePromoted", 100.0), "rolled back": ("ReleaseRolledBack", 0.0)}
SHARE = "ReleaseShare"


def mark(cloud: Cloud, namespace: str, service: str, phase: str) -> None:
    """Put a point where the phase has a mark.

    Args:
        cloud: the account and region.
        namespace: of the environment's own metrics, such as ``slipway-dev``; empty for no mark.
        service: that is released.
        phase: that begins.
    """
    if phase in MARKS:
        name, share = MARKS[phase]
        _put(cloud, namespace, service, {name: 1.0, SHARE: share})


def mark_share(cloud: Cloud, namespace: str, service: str, share: float) -> None:
    """Put a point of the candidate's share of the traffic, in per cent."""
    _put(cloud, namespace, service, {SHARE: share})


def _put(cloud: Cloud, namespace: str, service: str, values: dict[str, float]) -> None:
    if not namespace:
        return
    dimensions = [{"Name": "service", "Value": service}]
    data = [{"MetricName": name, "Dimensions": dimensions, "Value": value} for name, value in values.items()]
    with suppress(BotoCoreError, ClientError):
        cloud.write("cloudwatch", "put_metric_data", Namespace=namespace, MetricData=data)
