"""Experiment templates of the Fault Injection Service."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ..adapter import Adapter, only
from ..cloud import Cloud
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._ec2 import identity

MISSING = ("ResourceNotFoundException",)
UPDATED = ("description", "stopConditions", "targets", "actions", "roleArn", "logConfiguration", "experimentOptions")


def template_ids(cloud: Cloud, wanted: Container[tuple[str | None, ...]]) -> dict[str, tuple[str | None, ...]]:
    """Return the identity of each template whose own is among those wanted, by id; see :func:`._ec2.identity`."""
    listed = cloud.pages("fis", "list_experiment_templates", "experimentTemplates")
    return {item["id"]: key for item in listed if (key := identity(item.get("tags", {}))) in wanted}


class FisExperimentTemplate(Adapter):
    """A template, which has no name: it is found by its tags, ``Name`` among them."""

    service = "fis"
    create_operation = "CreateExperimentTemplate"
    required = ("description", "stopConditions", "targets", "actions", "roleArn")
    unordered = ("stopConditions",)
    exact = ("targets", "actions")
    computed = ("id", "arn")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them, and read those that have the wanted tags."""
        wanted = {identity(resource.tags): resource.name for resource in resources}
        there = template_ids(self.cloud, wanted)
        found = zip(there.values(), side_by_side(self._read, there), strict=True)
        return {wanted[key]: state for key, state in found if state is not None}

    def _read(self, number: str) -> State | None:
        answer = self.read_or_none("get_experiment_template", MISSING, id=number)
        if answer is None:
            return None
        template = answer["experimentTemplate"]
        return {**template, "Tags": template.get("tags", {})}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_experiment_template", **resource.properties, tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update what differs; experiments that go on keep what they were started with."""
        changed = only(resource.properties, only(changes, UPDATED))
        if changed:
            self.write("update_experiment_template", id=state["id"], **changed)
        self.mend_tags(state["arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it; experiments that go on are not stopped by that."""
        del resource
        self.write_unless("delete_experiment_template", MISSING, id=state["id"])


ADAPTER = FisExperimentTemplate
