"""Scheduled actions, put and compared whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..compare import Changes
from ..resource import Resource, State
from ._scaling import GONE, TARGET, Item, ScalingAdapter

BOUNDS = ("StartTime", "EndTime")


class ApplicationAutoscalingScheduledAction(ScalingAdapter):
    """A scheduled action. ``StartTime`` and ``EndTime`` are ISO 8601 texts; without an offset they are UTC.

    Its target must be registered first: name it in ``depends_on``.
    """

    create_operation = "PutScheduledAction"
    required = ("ScheduledActionName", *TARGET, "Schedule", "ScalableTargetAction")
    identity = ("ScheduledActionName", *TARGET)
    exact = ("ScalableTargetAction",)
    computed = ("ScheduledActionARN",)
    taggable = False
    defaults = {"Timezone": "UTC", **dict.fromkeys(BOUNDS)}  # noqa: RUF012  the base class says ClassVar
    described = ("describe_scheduled_actions", "ScheduledActionNames", "ScheduledActions", "ScheduledActionName")
    keys = ("ScheduledActionName", *TARGET)

    def state(self, item: Item, resource: Resource) -> State:
        """Show times as they were declared, where they are the same."""
        bounds = {name: _as_declared(resource.properties.get(name), item.get(name)) for name in BOUNDS}
        return {**item, "Timezone": item.get("Timezone") or "UTC", **bounds}

    def create(self, resource: Resource) -> None:
        """Put it."""
        times = {name: _time(value) for name, value in resource.properties.items() if name in BOUNDS and value}
        self.write("put_scheduled_action", **{**resource.properties, **times})

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put it whole. AWS keeps an old time zone that is not said, and drops old times."""
        del state
        zone = {"Timezone": changes["Timezone"].after} if "Timezone" in changes else {}
        self.create(Resource(resource.type, resource.name, {**resource.properties, **zone}))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_scheduled_action", GONE, **self.key(state))


def _time(value: Any) -> datetime:
    time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _as_declared(wanted: Any, actual: Any) -> Any:
    if not actual:
        return None
    return wanted if wanted and _time(wanted) == _time(actual) else _time(actual).astimezone(UTC).isoformat()


ADAPTER = ApplicationAutoscalingScheduledAction
