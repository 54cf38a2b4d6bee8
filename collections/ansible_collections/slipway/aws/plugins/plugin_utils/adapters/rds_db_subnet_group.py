"""RDS subnet groups."""

from __future__ import annotations

from ..adapter import only, tag_dict, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._rds import RdsAdapter

MISSING = ("DBSubnetGroupNotFoundFault",)


class RdsDbSubnetGroup(RdsAdapter):
    """A subnet group. AWS keeps its name in lower case."""

    create_operation = "CreateDBSubnetGroup"
    required = ("DBSubnetGroupName", "DBSubnetGroupDescription", "SubnetIds")
    identity = ("DBSubnetGroupName",)
    unordered = ("SubnetIds",)
    computed = ("DBSubnetGroupArn", "VpcId")

    def find_one(self, resource: Resource) -> State | None:
        """Read the group and its tags."""
        name = resource.properties["DBSubnetGroupName"]
        group = self.described("describe_db_subnet_groups", "DBSubnetGroups", MISSING, DBSubnetGroupName=name)
        if group is None:
            return None
        return {
            **group,
            "DBSubnetGroupName": name,
            "SubnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
            "Tags": tag_dict(self.tags(group["DBSubnetGroupArn"])),
        }

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_db_subnet_group", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend description, subnets and tags."""
        if only(changes, ["DBSubnetGroupDescription", "SubnetIds"]):
            self.write("modify_db_subnet_group", **resource.properties)
        self.tag(state["DBSubnetGroupArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the group, which no instance may use."""
        del resource
        self.write_unless("delete_db_subnet_group", MISSING, DBSubnetGroupName=state["DBSubnetGroupName"])


ADAPTER = RdsDbSubnetGroup
