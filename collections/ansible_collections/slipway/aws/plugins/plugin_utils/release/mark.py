"""Marks in the environment's pictures: what a release did, as a point of a metric."""

from __future__ import annotations

from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud

#: Phase of a release to the metric that has a point at its time; the dashboards of the role dashboards show them.
MARKS = {"promoted": "ReleasePromoted", "rolled back": "ReleaseRolledBack"}


def mark(cloud: Cloud, namespace: str, service: str, phase: str) -> None:
    """Put a point where the phase has a mark. A picture is not worth a release, so what goes wrong here is let be.

    Args:
        cloud: the account and region.
        namespace: of the environment's own metrics, such as ``slipway-dev``; empty for no mark.
        service: that is released.
        phase: that begins.
    """
    if not namespace or phase not in MARKS:
        return
    data = {"MetricName": MARKS[phase], "Dimensions": [{"Name": "service", "Value": service}], "Value": 1}
    with suppress(BotoCoreError, ClientError):
        cloud.write("cloudwatch", "put_metric_data", Namespace=namespace, MetricData=[data])
