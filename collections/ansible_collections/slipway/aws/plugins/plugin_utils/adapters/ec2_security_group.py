"""Security groups, without their rules: groups may refer to each other, so their rules come after all of them."""

from __future__ import annotations

from ._ec2 import Ec2Adapter


class Ec2SecurityGroup(Ec2Adapter):
    """A security group. AWS lets a new one send anything anywhere until its rules are declared."""

    create_operation = "CreateSecurityGroup"
    kind = "security-group"
    required = ("GroupName", "Description", "VpcId")
    immutable = ("GroupName", "Description", "VpcId")
    computed = ("GroupId",)
    list_operation = ("describe_security_groups", "SecurityGroups", "GroupId")
    delete_operation = ("delete_security_group", "InvalidGroup.NotFound")


ADAPTER = Ec2SecurityGroup
