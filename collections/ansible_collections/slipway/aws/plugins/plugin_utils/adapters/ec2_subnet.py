"""Subnets."""

from __future__ import annotations

from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import Ec2Adapter
from ._guardduty import remove_endpoints

ATTRIBUTES = ("MapPublicIpOnLaunch",)


class Ec2Subnet(Ec2Adapter):
    """A subnet in one zone, and whether what starts in it gets a public address."""

    create_operation = "CreateSubnet"
    kind = "subnet"
    more_properties = ATTRIBUTES
    required = ("VpcId", "CidrBlock", "AvailabilityZone")
    immutable = ("VpcId", "CidrBlock", "AvailabilityZone")
    computed = ("SubnetId", "SubnetArn")
    list_operation = ("describe_subnets", "Subnets", "SubnetId")
    delete_operation = ("delete_subnet", "InvalidSubnetID.NotFound")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend attributes and tags."""
        self.set_attributes("modify_subnet_attribute", ATTRIBUTES, state, changes)
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it, after what GuardDuty has made in it."""
        remove_endpoints(self, state["VpcId"])
        super().delete(resource, state)


ADAPTER = Ec2Subnet
