"""Scalable targets: between how many and how many tasks a service may be scaled."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import only, tag_changes, without
from ..compare import Changes
from ..resource import Resource, State
from ._scaling import GONE, TARGET, Item, ScalingAdapter
from ._tagging import tags_of_many


class ApplicationAutoscalingScalableTarget(ScalingAdapter):
    """A scalable target.

    ``MinCapacity``, ``MaxCapacity`` and ``SuspendedState`` may stand under ``initial``, where somebody else moves them.
    AWS deletes the policies and scheduled actions of a target with it.
    """

    create_operation = "RegisterScalableTarget"
    required = (*TARGET, "MinCapacity", "MaxCapacity")
    identity = TARGET
    computed = ("ScalableTargetARN",)
    described = ("describe_scalable_targets", "ResourceIds", "ScalableTargets", "ResourceId")
    keys = TARGET

    def states(self, found: Sequence[tuple[Item, Resource]]) -> dict[str, State]:
        """Read the tags of all together."""
        asked = {item["ScalableTargetARN"]: resource.tags for item, resource in found}
        tags = tags_of_many(self.cloud, asked, self._tags)
        return {resource.name: {**item, "Tags": tags[item["ScalableTargetARN"]]} for item, resource in found}

    def _tags(self, arn: str) -> dict[str, str]:
        return dict(self.cloud.read(self.service, "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def create(self, resource: Resource) -> None:
        """Register with tags."""
        self.write("register_scalable_target", **resource.properties, Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Register again with what is declared; AWS leaves alone what is not said."""
        if without(changes, ["Tags"]):
            self.write("register_scalable_target", **resource.properties)
        add, remove = tag_changes(changes)
        if add:
            self.write("tag_resource", ResourceARN=state["ScalableTargetARN"], Tags=add)
        if remove:
            self.write("untag_resource", ResourceARN=state["ScalableTargetARN"], TagKeys=remove)

    def delete(self, resource: Resource, state: State) -> None:
        """Deregister it."""
        del resource
        self.write_unless("deregister_scalable_target", GONE, **only(state, TARGET))


ADAPTER = ApplicationAutoscalingScalableTarget
