"""ECS task definitions: a family, and its latest active revision compared whole."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, tag_dict, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._containers import as_declared

BATCH = 10  # DeleteTaskDefinitions takes at most ten


class EcsTaskDefinition(Adapter):
    """A family. A definition that differs from its latest active revision is registered as a new revision.

    ``revision``, the ARN of a revision, compares with that one instead, for plans: the latest may be one that a release
    has just registered and nobody serves.
    """

    service = "ecs"
    create_operation = "RegisterTaskDefinition"
    more_properties = ("revision",)
    required = ("family", "containerDefinitions")
    identity = ("family",)
    unordered = ("requiresCompatibilities",)
    exact = ("containerDefinitions", "volumes")
    computed = ("taskDefinitionArn",)
    defaults = {  # noqa: RUF012  the base class says ClassVar
        **dict.fromkeys(("taskRoleArn", "executionRoleArn", "networkMode", "cpu", "memory", "pidMode", "ipcMode")),
        **dict.fromkeys(("proxyConfiguration", "ephemeralStorage", "runtimePlatform")),
        **dict.fromkeys(("volumes", "placementConstraints", "inferenceAccelerators", "requiresCompatibilities"), ()),
        "enableFaultInjection": False,
    }

    def find_one(self, resource: Resource) -> State | None:
        """Describe the latest active revision; AWS has no call for several families."""
        wanted = resource.properties.get("revision") or resource.properties["family"]
        try:
            answer = self.cloud.read("ecs", "describe_task_definition", taskDefinition=wanted, include=["TAGS"])
        except ClientError as error:
            if error_code(error) != "ClientException" or "Unable to describe" not in str(error):
                raise
            return self._inactive(resource) if resource.absent else None
        return _state(answer, resource)

    def _inactive(self, resource: Resource) -> State | None:
        """A family whose revisions are deregistered is still there for a run that removes."""
        family = resource.properties["family"]
        return {"family": family} if self._revisions(family, "INACTIVE") else None

    def create(self, resource: Resource) -> None:
        """Register the first revision."""
        wanted = without(resource.properties, self.more_properties)
        self.write("register_task_definition", **wanted, tags=tag_list(resource.tags, "key", "value"))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Register a new revision; tags alone are mended on the present one."""
        if without(changes, ["Tags"]):
            self.create(resource)
            return
        self.mend_tags(state["taskDefinitionArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Deregister every revision, then delete them; AWS finishes that when the last task has stopped."""
        del resource
        family = state["family"]
        for arn in self._revisions(family, "ACTIVE"):
            self.write("deregister_task_definition", taskDefinition=arn)
        inactive = self._revisions(family, "INACTIVE")
        for start in range(0, len(inactive), BATCH):
            self.write("delete_task_definitions", taskDefinitions=inactive[start : start + BATCH])

    def _revisions(self, family: str, status: str) -> list[str]:
        listed = self.cloud.pages(
            "ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family, status=status
        )
        return [arn for arn in listed if arn.rpartition("/")[2].rpartition(":")[0] == family]


def _state(answer: dict[str, Any], resource: Resource) -> State:
    item = answer["taskDefinition"]
    declared = {entry["name"]: entry for entry in resource.properties.get("containerDefinitions") or []}
    actual = {entry["name"]: entry for entry in item["containerDefinitions"]}
    order = [name for name in declared if name in actual] + [name for name in actual if name not in declared]
    return {
        **EcsTaskDefinition.defaults,
        **item,
        "containerDefinitions": [as_declared(declared.get(name, {}), actual[name]) for name in order],
        "volumes": [_volume(entry) for entry in item.get("volumes") or []],
        "revision": resource.properties.get("revision"),
        "Tags": tag_dict(answer.get("tags"), "key", "value"),
    }


def _volume(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a volume without what AWS adds: an empty host, and that nothing is configured at launch."""
    return {name: value for name, value in entry.items() if value and not (name == "host" and not any(value.values()))}


ADAPTER = EcsTaskDefinition
