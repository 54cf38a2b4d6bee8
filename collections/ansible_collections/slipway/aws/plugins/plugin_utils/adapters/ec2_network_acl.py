"""Network ACLs with their entries and subnets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from ..adapter import tag_dict
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._ec2 import Ec2Adapter, additions

Entry = Mapping[str, Any]
#: The number of the entry that denies the rest, in every ACL; it cannot be changed.
LAST = 32767
FIELDS = ("RuleNumber", "Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock", "PortRange", "IcmpTypeCode")


class Ec2NetworkAcl(Ec2Adapter):
    """A network ACL: all its ``Entries``, as CreateNetworkAclEntry takes them, and all its ``SubnetIds``."""

    create_operation = "CreateNetworkAcl"
    kind = "network-acl"
    more_properties: ClassVar[Collection[str]] = ("Entries", "SubnetIds")
    required: ClassVar[Collection[str]] = ("VpcId",)
    immutable: ClassVar[Collection[str]] = ("VpcId",)
    unordered = ("Entries", "SubnetIds")
    exact = ("Entries",)
    computed = ("NetworkAclId",)
    list_operation = ("describe_network_acls", "NetworkAcls", "NetworkAclId")
    delete_operation = ("delete_network_acl", "InvalidNetworkAclID.NotFound")

    def state(self, item: dict[str, Any]) -> State:
        """Reduce entries to what can be declared, and associations to subnets."""
        subnets = {a["SubnetId"]: a["NetworkAclAssociationId"] for a in item.get("Associations", [])}
        return {
            **item,
            "Entries": [_reduced(entry) for entry in item.get("Entries", []) if entry["RuleNumber"] < LAST],
            "SubnetIds": sorted(subnets),
            "Associations": subnets,
            "Tags": tag_dict(item.get("Tags")),
        }

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend tags, by which a deployer's policy knows what is ours; then entries before subnets.

        So no subnet meets an ACL that still denies everything.
        """
        super().update(resource, state, changes)
        if "Entries" in changes:
            self._write_entries(state["NetworkAclId"], state["Entries"], changes["Entries"].after)
        if "SubnetIds" in changes:
            add, remove = additions(state["SubnetIds"], changes["SubnetIds"].after)
            self._move(self._associations(add), state["NetworkAclId"])
            if remove:
                self._release(state, remove)

    def _write_entries(self, acl: str, before: Iterable[Entry], after: Iterable[Entry]) -> None:
        old, new = ({(entry["Egress"], entry["RuleNumber"]): entry for entry in entries} for entries in (before, after))
        for key, entry in new.items():
            if key not in old:
                self.write("create_network_acl_entry", NetworkAclId=acl, **entry)
            elif old[key] != entry:
                self.write("replace_network_acl_entry", NetworkAclId=acl, **entry)
        for egress, number in set(old) - set(new):
            gone = ["InvalidNetworkAclEntry.NotFound"]
            self.write_unless("delete_network_acl_entry", gone, NetworkAclId=acl, Egress=egress, RuleNumber=number)

    def _move(self, associations: Iterable[str], acl: str) -> None:
        for association in associations:
            self.write("replace_network_acl_association", AssociationId=association, NetworkAclId=acl)

    def _associations(self, subnets: list[str]) -> list[str]:
        if not subnets:
            return []
        filters = [{"Name": "association.subnet-id", "Values": subnets}]
        acls = self.cloud.pages("ec2", "describe_network_acls", "NetworkAcls", Filters=filters)
        listed = [association for acl in acls for association in acl["Associations"]]
        return [item["NetworkAclAssociationId"] for item in listed if item["SubnetId"] in subnets]

    def _release(self, state: State, subnets: list[str]) -> None:
        """Give subnets back to the VPC's default ACL; a subnet always has one."""
        filters = [{"Name": "vpc-id", "Values": [state["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
        found = self.cloud.pages("ec2", "describe_network_acls", "NetworkAcls", Filters=filters)
        if not found:
            raise ConvergeError(f"{state['VpcId']} shows no default network ACL to give {subnets} back to")
        self._move([state["Associations"][subnet] for subnet in subnets], found[0]["NetworkAclId"])

    def delete(self, resource: Resource, state: State) -> None:
        """Give its subnets back to the default ACL and delete it."""
        if state["SubnetIds"]:
            self._release(state, state["SubnetIds"])
        super().delete(resource, state)


def _reduced(entry: Entry) -> dict[str, Any]:
    return {name: entry[name] for name in FIELDS if entry.get(name) is not None}


ADAPTER = Ec2NetworkAcl
