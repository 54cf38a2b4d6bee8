"""A release's side of the dead man's switch: armed before every shift, pointed elsewhere, removed last."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..records import REFUSED, read_items, stored
from ..resource import ConvergeError
from .dead_mans_switch import switch_key

#: What UpdateSchedule takes of what GetSchedule answers; what is left out goes back to its default.
KEPT = ("Name", "ScheduleExpression", "ScheduleExpressionTimezone", "Description", "FlexibleTimeWindow", "Target")


class Switch:
    """The switch of one service.

    Args:
        cloud: the account and region.
        table: the environment's lease table.
        service: its name.
        fence: fencing number of our lease.
        schedule: name of the schedule that fires the switch.
    """

    def __init__(self, cloud: Cloud, table: str, service: str, fence: int, schedule: str) -> None:
        self.cloud = cloud
        self.table = table
        self.key = switch_key(service)
        self.fence = fence
        self.schedule = schedule
        self._armed = ""

    def arm(self, rules: list[dict[str, Any]]) -> None:
        """Have these rules, as ModifyRule takes them, set when we are not there any more.

        Raises:
            ConvergeError: a run with a newer fencing number has armed it, or it fired.
        """
        safe = json.dumps(rules)
        if safe == self._armed:
            return
        self._update("SET #fence = :fence, #safe = :safe REMOVE #fired", {":safe": safe})
        self._turn("ENABLED")
        self._armed = safe

    def disarm(self) -> None:
        """Have nothing set any more."""
        self._turn("DISABLED")
        self._update("SET #fence = :fence REMOVE #safe, #fired", {})
        self._armed = ""

    def rests(self) -> bool:
        """Say whether nothing is armed, and the schedule does not fire."""
        found = read_items(self.cloud, self.table, [self.key])
        armed = bool(found) and "safe" in found[0]
        return not armed and self._schedule()["State"] == "DISABLED"

    def fired(self) -> str:
        """Return when the switch put traffic back since it was armed last; empty when it did not."""
        found = read_items(self.cloud, self.table, [self.key])
        return str(found[0].get("fired", "")) if found else ""

    def _update(self, expression: str, values: dict[str, Any]) -> None:
        names = [name for name in ("fence", "safe", "fired") if f"#{name}" in expression]
        known = {":fence": self.fence, **values}
        try:
            self.cloud.write(
                "dynamodb",
                "update_item",
                TableName=self.table,
                Key={name: stored(value) for name, value in self.key.items()},
                UpdateExpression=expression,
                ConditionExpression="attribute_not_exists(#fence) OR #fence <= :fence",
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ExpressionAttributeValues={name: stored(value) for name, value in known.items()},
            )
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            raise ConvergeError(
                f"{self.key['id']}: the dead man's switch has fired, or another run has armed it; stopped"
            ) from error

    def _schedule(self) -> dict[str, Any]:
        return self.cloud.read("scheduler", "get_schedule", Name=self.schedule)

    def _turn(self, state: str) -> None:
        """Enable or disable the schedule."""
        found = self._schedule()
        if found["State"] != state:
            kept = {name: found[name] for name in KEPT if name in found}
            self.cloud.write("scheduler", "update_schedule", **kept, State=state)
