"""Step Functions state machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..adapter import Adapter, only, tag_dict, tag_list
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._new_roles import once_assumable
from ._tagging import tags_of_many

MISSING = ("StateMachineDoesNotExist",)
REFUSED = "AccessDeniedException"
UPDATED = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")
TAG = ("key", "value")


class StepfunctionsStateMachine(Adapter):
    """A state machine. ``definition`` is data or JSON."""

    service = "stepfunctions"
    create_operation = "CreateStateMachine"
    required = ("name", "definition", "roleArn")
    identity = ("name",)
    immutable = ("type",)
    documents = ("definition",)
    computed = ("stateMachineArn",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them, describe those wanted, and read the tags together."""
        wanted = {resource.properties["name"]: resource for resource in resources}
        listed = self.cloud.pages(self.service, "list_state_machines", "stateMachines")
        arns = {item["stateMachineArn"]: wanted[item["name"]] for item in listed if item["name"] in wanted}
        described = filter(None, side_by_side(self._described, arns))
        there = {item["stateMachineArn"]: item for item in described if item["status"] == "ACTIVE"}
        tags = tags_of_many(self.cloud, {arn: arns[arn].tags for arn in there}, self._tags)
        return {arns[arn].name: {**item, "Tags": tags[arn]} for arn, item in there.items()}

    def _described(self, arn: str) -> dict[str, Any] | None:
        return self.read_or_none("describe_state_machine", MISSING, stateMachineArn=arn)

    def _tags(self, arn: str) -> dict[str, str]:
        return tag_dict(self.cloud.read(self.service, "list_tags_for_resource", resourceArn=arn)["tags"], *TAG)

    def create(self, resource: Resource) -> None:
        """Create with tags, as soon as its role can be assumed."""
        wanted = {**_written(resource.properties), "tags": tag_list(resource.tags, *TAG)}
        once_assumable(self.cloud, REFUSED, lambda: self.write("create_state_machine", **wanted))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update what differs; executions that run end by the old definition."""
        arn, changed = state["stateMachineArn"], only(changes, UPDATED)
        if changed:
            values = only(_written(resource.properties), changed)
            once_assumable(
                self.cloud, REFUSED, lambda: self.write("update_state_machine", stateMachineArn=arn, **values)
            )
        self.mend_tags(arn, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it, which AWS does when its executions have ended."""
        del resource
        self.write_unless("delete_state_machine", MISSING, stateMachineArn=state["stateMachineArn"])


def _written(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties as a call takes them: the definition as JSON."""
    definition = properties["definition"]
    return {**properties, "definition": definition if isinstance(definition, str) else json.dumps(definition)}


ADAPTER = StepfunctionsStateMachine
