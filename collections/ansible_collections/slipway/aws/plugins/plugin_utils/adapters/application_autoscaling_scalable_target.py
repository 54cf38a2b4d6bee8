"""Scalable targets: between how many and how many tasks a service may be scaled."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import only, without
from ..compare import Changes
from ..resource import Resource, State
from ._scaling import GONE, TARGET, Item, ScalingAdapter
from ._tagging import tags_of_many

NAMES = ("ScheduledActionNames",)


class ApplicationAutoscalingScalableTarget(ScalingAdapter):
    """A scalable target.

    ``MinCapacity``, ``MaxCapacity`` and ``SuspendedState`` may stand under ``initial``, where somebody else moves them.
    ``ScheduledActionNames`` lists the scheduled actions that it may have; others are deleted. AWS deletes the policies
    and scheduled actions of a target with it.
    """

    create_operation = "RegisterScalableTarget"
    required = (*TARGET, "MinCapacity", "MaxCapacity")
    more_properties = NAMES
    identity = TARGET
    computed = ("ScalableTargetARN",)
    described = ("describe_scalable_targets", "ResourceIds", "ScalableTargets", "ResourceId")
    keys = TARGET

    def states(self, found: Sequence[tuple[Item, Resource]]) -> dict[str, State]:
        """Read the tags of all together."""
        asked = {item["ScalableTargetARN"]: resource.tags for item, resource in found}
        tags = tags_of_many(self.cloud, asked, self._tags)
        actions = self._actions() if any("ScheduledActionNames" in one.properties for _, one in found) else {}
        return {
            one.name: {
                **item,
                "Tags": tags[item["ScalableTargetARN"]],
                "ScheduledActionNames": _named(one, actions.get(item["ResourceId"], [])),
            }
            for item, one in found
        }

    def _actions(self) -> dict[str, list[str]]:
        """Return the names of all scheduled actions of ECS services, by the service's resource."""
        found: dict[str, list[str]] = {}
        for one in self.cloud.pages(
            self.service, "describe_scheduled_actions", "ScheduledActions", ServiceNamespace="ecs"
        ):
            found.setdefault(one["ResourceId"], []).append(one["ScheduledActionName"])
        return found

    def _tags(self, arn: str) -> dict[str, str]:
        return dict(self.cloud.read(self.service, "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def create(self, resource: Resource) -> None:
        """Register with tags."""
        self.write("register_scalable_target", **without(resource.properties, NAMES), Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Register again with what is declared; AWS leaves alone what is not said."""
        if without(changes, ["Tags", *NAMES]):
            self.write("register_scalable_target", **without(resource.properties, NAMES))
        for name in set(state["ScheduledActionNames"]) - set(resource.properties.get("ScheduledActionNames", ())):
            self.write_unless("delete_scheduled_action", GONE, **only(state, TARGET), ScheduledActionName=name)
        self.mend_tags(state["ScalableTargetARN"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Deregister it."""
        del resource
        self.write_unless("deregister_scalable_target", GONE, **only(state, TARGET))


def _named(resource: Resource, actual: Sequence[str]) -> list[str]:
    """Return the names declared, and those there are beside them: one that is still to be made is no difference."""
    declared = list(resource.properties.get("ScheduledActionNames", ()))
    return declared + sorted(set(actual) - set(declared))


ADAPTER = ApplicationAutoscalingScalableTarget
