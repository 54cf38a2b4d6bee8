"""VPCs, found by their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import Ec2Adapter
from ._guardduty import remove_endpoints, remove_group

ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames")


class Ec2Vpc(Ec2Adapter):
    """A VPC with its two DNS attributes."""

    create_operation = "CreateVpc"
    kind = "vpc"
    more_properties = ATTRIBUTES
    required = ("CidrBlock",)
    immutable = ("CidrBlock", "InstanceTenancy")
    computed = ("VpcId",)
    list_operation = ("describe_vpcs", "Vpcs", "VpcId")
    delete_operation = ("delete_vpc", "InvalidVpcID.NotFound")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Find by tags and read the DNS attributes."""
        return {name: {**state, **self._attributes(state["VpcId"])} for name, state in super().find(resources).items()}

    def _attributes(self, vpc: str) -> dict[str, Any]:
        read = {
            name: self.cloud.read("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute=name[0].lower() + name[1:])
            for name in ATTRIBUTES
        }
        return {name: answer[name]["Value"] for name, answer in read.items()}

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend attributes and tags."""
        self.set_attributes("modify_vpc_attribute", ATTRIBUTES, state, changes)
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it, after what GuardDuty has made in it."""
        remove_endpoints(self, state["VpcId"])
        remove_group(self, state["VpcId"])
        super().delete(resource, state)


ADAPTER = Ec2Vpc
