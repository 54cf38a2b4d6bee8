"""VPCs, found by their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import Ec2Adapter, specification

ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames")


class Ec2Vpc(Ec2Adapter):
    """A VPC with its two DNS attributes."""

    create_operation = "CreateVpc"
    more_properties = ATTRIBUTES
    required = ("CidrBlock",)
    immutable = ("CidrBlock", "InstanceTenancy")
    list_operation = ("describe_vpcs", "Vpcs", "VpcId")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Find by tags and read the DNS attributes."""
        return {name: {**state, **self._attributes(state["VpcId"])} for name, state in super().find(resources).items()}

    def _attributes(self, vpc: str) -> dict[str, Any]:
        read = {
            name: self.cloud.read("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute=name[0].lower() + name[1:])
            for name in ATTRIBUTES
        }
        return {name: answer[name]["Value"] for name, answer in read.items()}

    def create(self, resource: Resource) -> None:
        """Create with tags; the attributes follow as an update."""
        wanted = {name: value for name, value in resource.properties.items() if name not in ATTRIBUTES}
        self.write("create_vpc", **wanted, TagSpecifications=specification("vpc", resource))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend attributes and tags."""
        for name in ATTRIBUTES:
            if name in changes:  # AWS takes one attribute a call
                self.write("modify_vpc_attribute", VpcId=state["VpcId"], **{name: {"Value": changes[name].after}})
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the VPC, which must be empty."""
        del resource
        self.write_unless("delete_vpc", ["InvalidVpcID.NotFound"], VpcId=state["VpcId"])


ADAPTER = Ec2Vpc
