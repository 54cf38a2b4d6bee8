"""Monitors of Cost Anomaly Detection: whose costs are watched for what they were not before."""

from __future__ import annotations

from typing import Any

from ..adapter import tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._ce import UNKNOWN, AnomalyAdapter
from ._singleton import Singleton

MONITOR, DIMENSION = "AnomalyMonitor", "MonitorDimension"


class CeAnomalyMonitor(AnomalyAdapter, Singleton):
    """A monitor. One that is `CUSTOM` is found by its name; of those by a dimension an account has one each.

    AWS makes one by `SERVICE` itself in new accounts. Whoever made it, it is used as it is, and stays when the
    environment goes: others are told by it as well.
    """

    create_operation = "CreateAnomalyMonitor"
    required = (MONITOR,)
    immutable = (MONITOR,)
    computed = ("MonitorArn",)

    def look(self, resource: Resource) -> State | None:
        """Read the monitor, and the tags of one that is the environment's own."""
        wanted = resource.properties[MONITOR]
        for found in self.cloud.pages("ce", "get_anomaly_monitors", "AnomalyMonitors"):
            if _same(wanted, found):
                arn = found["MonitorArn"]
                return {MONITOR: found, "MonitorArn": arn, "Tags": {} if DIMENSION in found else self.tags(arn)}
        return None

    def ours(self, resource: Resource, state: State) -> bool:
        """Say whether it is the environment's own, which one by a dimension never is."""
        del resource
        return DIMENSION not in state[MONITOR]

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write(
            "create_anomaly_monitor",
            AnomalyMonitor=resource.properties[MONITOR],
            ResourceTags=tag_list(resource.tags),
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the tags; nothing else of a monitor changes."""
        del resource
        self.mend_tags(state["MonitorArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the monitor with what it found."""
        del resource
        self.write_unless("delete_anomaly_monitor", UNKNOWN, MonitorArn=state["MonitorArn"])

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep what the account has once."""
        del resource
        return "the account's one monitor by this dimension" if DIMENSION in state[MONITOR] else None


def _same(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    if DIMENSION in wanted or DIMENSION in found:
        return bool(wanted.get(DIMENSION) == found.get(DIMENSION))
    return bool(wanted["MonitorName"] == found["MonitorName"])


ADAPTER = CeAnomalyMonitor
