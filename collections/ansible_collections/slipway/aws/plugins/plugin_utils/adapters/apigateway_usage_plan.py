"""Usage plans: how often each of the keys that belong to one may call."""

from __future__ import annotations

from typing import Any, ClassVar

from ..compare import Change, Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter, Patch, replaced

STAGES = "apiStages"
#: Parts that are replaced field by field, and removed whole.
PARTS = ("throttle", "quota")


class ApigatewayUsagePlan(ApigatewayAdapter):
    """A usage plan, found by its name; declare an empty ``throttle`` or ``quota`` to have none."""

    create_operation = "CreateUsagePlan"
    required = ("name", STAGES)
    identity = ("name",)
    exact = PARTS
    computed = ("id", "Arn")
    kind, asked_by = "usage_plan", "usagePlanId"
    taggable = True
    place = "usageplans/{id}"
    unsaid: ClassVar[State] = {"description": "", STAGES: [], "throttle": {}, "quota": {}}

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state; a quota begins with nothing used."""
        quota = item.get("quota") or {}
        shown = {name: value for name, value in quota.items() if name != "offset" or value}
        stages = [{"apiId": one["apiId"], "stage": one["stage"]} for one in item.get(STAGES) or ()]
        parts = {"throttle": item.get("throttle") or {}, "quota": shown}
        given = resource.properties
        same = {name: given[name] for name, value in parts.items() if given.get(name) == value}  # 5 and 5.0 are
        return super().state_of({**item, **parts, **same, STAGES: stages}, resource)

    def create(self, resource: Resource) -> None:
        """Create it without the parts that are empty."""
        given = {name: value for name, value in resource.properties.items() if value or name not in PARTS}
        self.write("create_usage_plan", **given, tags=resource.tags)

    def patches(self, changes: Changes) -> list[Patch]:
        """Return the operations; a stage that it is no longer for goes first."""
        plain = [replaced(f"/{name}", one.after) for name, one in changes.items() if name not in {STAGES, *PARTS}]
        parts = [patch for name in PARTS if name in changes for patch in _part(name, changes[name])]
        return [*(_stages(changes[STAGES]) if STAGES in changes else ()), *plain, *parts]

    def delete(self, resource: Resource, state: State) -> None:
        """Take it off its stages, as AWS asks for, and delete it."""
        if state[STAGES]:
            gone = _stages(Change(state[STAGES], []))
            self.write("update_usage_plan", usagePlanId=state["id"], patchOperations=gone)
        super().delete(resource, state)


def _part(name: str, change: Change) -> list[Patch]:
    if not change.after:
        return [{"op": "remove", "path": f"/{name}"}]
    return [replaced(f"/{name}/{field}", value) for field, value in change.after.items()]


def _stages(change: Change) -> list[Patch]:
    before, after = ([f"{one['apiId']}:{one['stage']}" for one in side or ()] for side in change)
    gone = [{"op": "remove", "path": f"/{STAGES}", "value": one} for one in before if one not in after]
    return [*gone, *({"op": "add", "path": f"/{STAGES}", "value": one} for one in after if one not in before)]


ADAPTER = ApigatewayUsagePlan
