"""The security group that AWS makes with every VPC: it cannot be deleted, so it is emptied."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import tag_dict
from ..compare import Changes
from ..resource import Resource, State
from .ec2_security_group_rules import Ec2SecurityGroupRules, group_state


class Ec2DefaultSecurityGroup(Ec2SecurityGroupRules):
    """The default group of the VPC ``VpcId``; its rules are declared as those of any other."""

    more_properties = ("VpcId", "Ingress", "Egress")
    required = ("VpcId", "Ingress", "Egress")
    identity = ("VpcId",)
    taggable = True

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Find the default group of each VPC, and its rules."""
        names = {resource.properties["VpcId"]: resource.name for resource in resources}
        filters = [{"Name": "vpc-id", "Values": sorted(names)}, {"Name": "group-name", "Values": ["default"]}]
        groups = self.cloud.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)
        rules = self.rules([group["GroupId"] for group in groups])
        return {
            names[group["VpcId"]]: {
                **group_state(group["GroupId"], rules[group["GroupId"]]),
                "VpcId": group["VpcId"],
                "Tags": tag_dict(group.get("Tags")),
            }
            for group in groups
        }

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend tags, by which a deployer's policy knows what is ours, then rules."""
        self.tag(state["GroupId"], changes)
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Do nothing: it goes with its VPC."""


ADAPTER = Ec2DefaultSecurityGroup
