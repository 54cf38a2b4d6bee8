"""The network ACL that AWS makes with every VPC: it cannot be deleted and lets everything in, so it is emptied."""

from __future__ import annotations

from collections.abc import Sequence

from ..resource import Resource, State
from .ec2_network_acl import Ec2NetworkAcl


class Ec2DefaultNetworkAcl(Ec2NetworkAcl):
    """The default ACL of the VPC ``VpcId``; its subnets are whatever no other ACL has."""

    more_properties = ("Entries",)
    required = ("VpcId", "Entries")
    identity = ("VpcId",)
    immutable = ()

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Find the default ACL of each VPC."""
        names = {resource.properties["VpcId"]: resource.name for resource in resources}
        filters = [{"Name": "vpc-id", "Values": sorted(names)}, {"Name": "default", "Values": ["true"]}]
        found = self.cloud.pages("ec2", "describe_network_acls", "NetworkAcls", Filters=filters)
        return {names[acl["VpcId"]]: self.state(acl) for acl in found}

    def create(self, resource: Resource) -> None:
        """Do nothing: AWS makes it with the VPC, and then it is updated."""

    def delete(self, resource: Resource, state: State) -> None:
        """Do nothing: it goes with its VPC."""


ADAPTER = Ec2DefaultNetworkAcl
