"""What metric and composite alarms share: described a hundred at a time, written whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from ..adapter import Adapter, tag_dict, tag_list, without
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._tagging import tags_of_many

BATCH = 100  # DescribeAlarms and DeleteAlarms take at most a hundred


class AlarmAdapter(Adapter):
    """Base: an alarm is read by name and put whole, so that what is not declared is at AWS's default."""

    service = "cloudwatch"
    required: ClassVar[Collection[str]] = ("AlarmName",)
    identity = ("AlarmName",)
    unordered = ("AlarmActions", "OKActions", "InsufficientDataActions", "Dimensions")
    computed = ("AlarmArn",)
    #: Value of ``AlarmTypes`` and key of the answer.
    kind: ClassVar[tuple[str, str]]

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Describe a hundred at a time, then look at tags."""
        wanted = {resource.properties["AlarmName"]: resource for resource in resources}
        names = sorted(wanted)
        batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
        items = [item for batch in side_by_side(self._described, batches) for item in batch]
        pairs = [(item, wanted[item["AlarmName"]]) for item in items]
        tags = tags_of_many(self.cloud, {item["AlarmArn"]: resource.tags for item, resource in pairs}, self._tags_of)
        return {
            resource.name: {**self.state(item, resource), "Tags": tags[item["AlarmArn"]]} for item, resource in pairs
        }

    def _described(self, names: list[str]) -> list[dict[str, Any]]:
        kind, key = self.kind
        return self.cloud.pages("cloudwatch", "describe_alarms", key, AlarmNames=names, AlarmTypes=[kind])

    def _tags_of(self, arn: str) -> dict[str, str]:
        return tag_dict(self.cloud.read("cloudwatch", "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def state(self, item: dict[str, Any], resource: Resource) -> State:
        """Turn a description into a state."""
        del resource
        return {**self.defaults, **{name: value for name, value in item.items() if value is not None}}

    def put(self, resource: Resource) -> dict[str, Any]:
        """Return the parameters of the putting call."""
        return {name: value for name, value in resource.properties.items() if value is not None}

    def create(self, resource: Resource) -> None:
        """Put it with tags."""
        self.write(self.put_operation, **self.put(resource), Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put it whole, with what is others' as it is; tags have calls of their own."""
        if without(changes, ["Tags"]):
            others = {name: state[name] for name in resource.initial if name not in resource.properties}
            self.write(self.put_operation, **{**self.put(resource), **others})
        self.mend_tags(state["AlarmArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_alarms", ["ResourceNotFound"], AlarmNames=[state["AlarmName"]])

    @property
    def put_operation(self) -> str:
        """The call that creates and replaces."""
        return "put_metric_alarm" if self.kind[0] == "MetricAlarm" else "put_composite_alarm"


ACTIONS: Mapping[str, Any] = {
    "ActionsEnabled": True,
    "AlarmDescription": "",
    "AlarmActions": (),
    "OKActions": (),
    "InsufficientDataActions": (),
}
