"""What EFS's resources have in common."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter
from ..resource import State

GONE = ("FileSystemNotFound", "MountTargetNotFound", "AccessPointNotFound")


class EfsAdapter(Adapter):
    """Something in EFS; it takes a while to come and to go."""

    service = "efs"
    timeout = 900

    def ready(self, state: State) -> bool:
        """Say whether it can be used."""
        return bool(state["LifeCycleState"] == "available")

    def listed(self, operation: str, result: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return what there is and is not on its way out."""
        answer = self.read_or_none(operation, GONE, **parameters) or {}
        return [item for item in answer.get(result, []) if item["LifeCycleState"] not in {"deleting", "deleted"}]
