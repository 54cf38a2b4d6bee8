"""VPC endpoints: private ways to AWS's own services."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from ..adapter import tag_dict
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._ec2 import Ec2Adapter, additions

SETS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")
CHANGEABLE = ("PrivateDnsEnabled", "IpAddressType", "DnsOptions")
DEAD = frozenset({"deleting", "deleted", "rejected", "expired"})


class Ec2VpcEndpoint(Ec2Adapter):
    """A gateway endpoint with its route tables, or an interface endpoint with its subnets and security groups."""

    create_operation = "CreateVpcEndpoint"
    kind = "vpc-endpoint"
    required = ("VpcId", "ServiceName", "VpcEndpointType")
    immutable = ("VpcId", "ServiceName", "VpcEndpointType")
    unordered = SETS
    documents = ("PolicyDocument",)
    computed = ("VpcEndpointId",)
    list_operation = ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")
    timeout: ClassVar[int] = 900

    def alive(self, item: dict[str, Any]) -> bool:
        """Say whether it is there or coming; AWS writes its states in either case."""
        return super().alive(item) and item["State"].lower() not in DEAD

    def state(self, item: dict[str, Any]) -> State:
        """Add the security groups under the name they are declared by."""
        groups = [group["GroupId"] for group in item.get("Groups", [])]
        return {**item, "SecurityGroupIds": groups, "Tags": tag_dict(item.get("Tags"))}

    def create(self, resource: Resource) -> None:
        """Create it once an older one of the same name, which would hold the private DNS name, is gone."""
        self.await_gone(resource)
        wanted = dict(resource.properties)
        if "PolicyDocument" in wanted:
            wanted["PolicyDocument"] = _text(wanted["PolicyDocument"])
        self.made.add(self.make(resource, **wanted)["VpcEndpoint"]["VpcEndpointId"])

    def ready(self, state: State) -> bool:
        """Say whether it answers."""
        now = state["State"].lower()
        if now == "failed":
            reason = state.get("LastError", {}).get("Message", "AWS does not say why")
            raise ConvergeError(f"{state['VpcEndpointId']} failed: {reason}")
        return bool(now == "available")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend everything in one call, then the tags."""
        wanted: dict[str, Any] = {name: changes[name].after for name in CHANGEABLE if name in changes}
        if "PolicyDocument" in changes:
            wanted["PolicyDocument"] = _text(changes["PolicyDocument"].after)
        for name in set(SETS) & set(changes):
            add, remove = additions(state.get(name), changes[name].after)
            wanted |= {key: ids for key, ids in ((f"Add{name}", add), (f"Remove{name}", remove)) if ids}
        if wanted:
            self.write("modify_vpc_endpoint", VpcEndpointId=state["VpcEndpointId"], **wanted)
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it and wait until its interfaces have left their subnets and security groups."""
        answer = self.write("delete_vpc_endpoints", VpcEndpointIds=[state["VpcEndpointId"]])
        for failed in answer.get("Unsuccessful", []):
            if failed["Error"]["Code"] != "InvalidVpcEndpoint.NotFound":
                raise ConvergeError(f"{failed['ResourceId']} was not deleted: {failed['Error'].get('Message')}")
        self.await_gone(resource)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


ADAPTER = Ec2VpcEndpoint
