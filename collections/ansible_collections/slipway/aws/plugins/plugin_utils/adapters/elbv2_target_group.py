"""Target groups, by name: names are unique in an account and region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_list, without
from ..cloud import error_code
from ..compare import Change, Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._elbv2 import attributes_as_declared, mend_tags, tags_of, write_attributes

HEALTH_CHECK = (
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckPath",
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
)


class Elbv2TargetGroup(Adapter):
    """A target group with its health check and attributes, of which those declared are compared."""

    service = "elbv2"
    create_operation = "CreateTargetGroup"
    more_properties = ("Attributes",)
    required = ("Name", "Protocol", "Port", "VpcId", "TargetType")
    identity = ("Name",)
    immutable = ("Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "IpAddressType", "TargetControlPort")
    computed = ("TargetGroupArn", "FullName")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Describe them, then tags by twenties and attributes side by side."""
        names = {resource.properties["Name"]: resource for resource in resources}
        items = [item for item in self._described(list(names)) if item["TargetGroupName"] in names]
        tags = tags_of(self.cloud, [item["TargetGroupArn"] for item in items])
        pairs = [(names[item["TargetGroupName"]], item) for item in items]
        states = side_by_side(lambda pair: self._state(*pair, tags), pairs)
        return {resource.name: state for (resource, _), state in zip(pairs, states, strict=True)}

    def _described(self, names: list[str]) -> list[dict[str, Any]]:
        """Ask for one by its name; list all where there are more, since asking by name fails when any is missing."""
        if len(names) > 1:
            return self.cloud.pages("elbv2", "describe_target_groups", "TargetGroups")
        answer = self.read_or_none("describe_target_groups", ["TargetGroupNotFound"], Names=names)
        return list(answer["TargetGroups"]) if answer else []

    def _state(self, resource: Resource, item: dict[str, Any], tags: dict[str, dict[str, str]]) -> State:
        arn, attributes = item["TargetGroupArn"], {}
        if "Attributes" in resource.properties:
            answer = self.cloud.read("elbv2", "describe_target_group_attributes", TargetGroupArn=arn)
            attributes = attributes_as_declared(answer, resource)
        return {
            "IpAddressType": "ipv4",  # AWS's default: API_TargetGroup of its reference
            **item,
            "Name": item["TargetGroupName"],
            "FullName": arn.rpartition(":")[2],
            "Attributes": attributes,
            "Tags": tags.get(arn, {}),
        }

    def create(self, resource: Resource) -> None:
        """Create with tags, then set the attributes, for which there is another call."""
        wanted = without(resource.properties, self.more_properties)
        made = self.write("create_target_group", **wanted, Tags=tag_list(resource.tags))
        self._write_attributes(
            made["TargetGroups"][0]["TargetGroupArn"], Change(None, resource.properties.get("Attributes", {}))
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs."""
        del resource
        arn = state["TargetGroupArn"]
        wanted = {name: change.after for name, change in only(changes, HEALTH_CHECK).items()}
        if wanted:
            self.write("modify_target_group", TargetGroupArn=arn, **wanted)
        if "Attributes" in changes:
            self._write_attributes(arn, changes["Attributes"])
        mend_tags(self, arn, changes)

    def _write_attributes(self, arn: str, change: Change) -> None:
        write_attributes(self, "modify_target_group_attributes", change, TargetGroupArn=arn)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it as soon as no rule forwards to it any more; AWS shows that a moment after the rule has gone."""
        arn = state["TargetGroupArn"]
        what = f"waiting until no listener rule forwards to {resource.properties['Name']}"
        self.cloud.wait_until(lambda: self._deleted(arn), what, at_most=self.timeout, poll=self.poll)

    def _deleted(self, arn: str) -> bool:
        try:
            self.write_unless("delete_target_group", ["TargetGroupNotFound"], TargetGroupArn=arn)
        except ClientError as error:
            if error_code(error) != "ResourceInUse":
                raise
            return False
        return True


ADAPTER = Elbv2TargetGroup
