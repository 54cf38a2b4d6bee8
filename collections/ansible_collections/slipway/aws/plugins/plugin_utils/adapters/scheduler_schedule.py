"""Schedules of EventBridge Scheduler, written whole."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter, without
from ..compare import Changes
from ..resource import Resource, State
from ._new_roles import once_assumable

MISSING = ("ResourceNotFoundException",)
REFUSED = "ValidationException"
TOLD = ("Arn", "CreationDate", "LastModificationDate", "ResponseMetadata", "Tags")


class SchedulerSchedule(Adapter):
    """A schedule of the default group. AWS has tags for groups only."""

    service = "scheduler"
    create_operation = "CreateSchedule"
    required = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    identity = ("Name",)
    computed = ("Arn",)
    taggable = False
    defaults = {  # noqa: RUF012  the base class says ClassVar
        "ScheduleExpressionTimezone": "UTC",
        "ActionAfterCompletion": "NONE",
        "Description": "",
    }

    def find_one(self, resource: Resource) -> State | None:
        """Read it."""
        found = self.read_or_none("get_schedule", MISSING, Name=resource.properties["Name"])
        return None if found is None else {**self.defaults, **found}

    def create(self, resource: Resource) -> None:
        """Create it, as soon as its role can be assumed."""
        once_assumable(self.cloud, REFUSED, lambda: self.write("create_schedule", **resource.properties))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Write it whole: AWS sets to its default what is left out."""
        wanted: dict[str, Any] = {**without(state, TOLD), **resource.properties}
        wanted |= {name: change.after for name, change in changes.items()}
        once_assumable(self.cloud, REFUSED, lambda: self.write("update_schedule", **wanted))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_schedule", MISSING, Name=state["Name"])


ADAPTER = SchedulerSchedule
