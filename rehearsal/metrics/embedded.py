"""Metrics within log events: the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.control.overlay import Refused
from rehearsal.metrics.data_rules import check_datum, check_namespace
from rehearsal.metrics.putting import put
from rehearsal.world import World


def take(world: World, region: str, text: str) -> None:
    """Take the metrics out of one log event; what is no valid document is a log line and nothing more.

    They belong to the virtual minute they arrive in: the clock of whoever wrote them is the real one.
    """
    if '"_aws"' not in text:
        return
    try:
        found = list(_data(json.loads(text)))
        for namespace, datum in found:
            check_namespace(namespace)
            check_datum(datum, "Metrics", world.clock.now())
    except (ValueError, KeyError, TypeError, AttributeError, Refused):
        return
    for namespace, datum in found:
        put(world, region, namespace, datum)


def _data(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each datum with its namespace: each metric once for each set of dimensions."""
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive.get("Dimensions") or [[]]:
            pairs = [{"Name": name, "Value": str(document[name])} for name in names]
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                values = [float(one) for one in (value if isinstance(value, list) else [value])]
                datum = {"MetricName": metric["Name"], "Dimensions": pairs, "Values": values}
                more = {name: metric[name] for name in ("Unit", "StorageResolution") if name in metric}
                yield directive["Namespace"], {**datum, **more}
