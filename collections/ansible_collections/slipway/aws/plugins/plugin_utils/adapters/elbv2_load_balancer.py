"""Application load balancers, by name: names are unique in an account and region."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ..adapter import Adapter, tag_list, without
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import ConvergeError, Resource, State
from ._elbv2 import attributes_as_declared, mend_tags, tags_of, write_attributes

PROTECTION = "deletion_protection.enabled"
GONE = "LoadBalancerNotFound"


class Elbv2LoadBalancer(Adapter):
    """A load balancer with its attributes, of which those declared are compared."""

    service = "elbv2"
    create_operation = "CreateLoadBalancer"
    more_properties = ("Attributes",)
    required = ("Name",)
    identity = ("Name",)
    immutable = ("Scheme", "Type")
    unordered = ("Subnets", "SecurityGroups")
    computed = ("LoadBalancerArn", "DNSName", "CanonicalHostedZoneId", "FullName", "VpcId")
    timeout = 900
    poll = 10

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List once, read tags of all in one call and attributes side by side."""
        names = {resource.properties["Name"]: resource for resource in resources}
        listed = self.cloud.pages("elbv2", "describe_load_balancers", "LoadBalancers")
        items = [item for item in listed if item["LoadBalancerName"] in names]
        tags = tags_of(self.cloud, [item["LoadBalancerArn"] for item in items])
        pairs = [(names[item["LoadBalancerName"]], item) for item in items]
        states = side_by_side(lambda pair: self._state(*pair, tags), pairs)
        return {resource.name: state for (resource, _), state in zip(pairs, states, strict=True)}

    def _state(self, resource: Resource, item: dict[str, Any], tags: dict[str, dict[str, str]]) -> State:
        arn = item["LoadBalancerArn"]
        answer = self.cloud.read("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)
        protected = any(entry["Key"] == PROTECTION and entry["Value"] == "true" for entry in answer["Attributes"])
        return {
            **item,
            "Name": item["LoadBalancerName"],
            "Subnets": [zone["SubnetId"] for zone in item["AvailabilityZones"]],
            "SecurityGroups": item.get("SecurityGroups", []),
            "FullName": arn.partition(":loadbalancer/")[2],
            "Attributes": attributes_as_declared(answer, resource),
            "Protected": protected,
            "Tags": tags.get(arn, {}),
        }

    def ready(self, state: State) -> bool:
        """Wait until it routes traffic."""
        if state["State"]["Code"] == "failed":
            raise ConvergeError(f"{state['LoadBalancerArn']} failed: {state['State'].get('Reason', 'no reason given')}")
        return bool(state["State"]["Code"] != "provisioning")

    def create(self, resource: Resource) -> None:
        """Create with tags; the attributes follow as an update."""
        wanted = without(resource.properties, self.more_properties)
        self.write("create_load_balancer", **wanted, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        arn = state["LoadBalancerArn"]
        put = partial(self.write, LoadBalancerArn=arn)
        if "IpAddressType" in changes:
            put("set_ip_address_type", IpAddressType=resource.properties["IpAddressType"])
        if "Subnets" in changes:
            put("set_subnets", Subnets=resource.properties["Subnets"])
        if "SecurityGroups" in changes:
            put("set_security_groups", SecurityGroups=resource.properties["SecurityGroups"])
        if "Attributes" in changes:
            change = changes["Attributes"]
            write_attributes(self, "modify_load_balancer_attributes", change, LoadBalancerArn=arn)
        mend_tags(self, arn, changes)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a load balancer whose protection is still declared."""
        declared = (resource.properties.get("Attributes") or {}).get(PROTECTION, True)
        if state["Protected"] and declared:
            return f"its deletion protection is on; declare {PROTECTION}: false to remove it"
        return None

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with its listeners, releasing a protection that is no longer declared."""
        del resource
        arn = state["LoadBalancerArn"]
        if state["Protected"]:
            off = [{"Key": PROTECTION, "Value": "false"}]
            self.write("modify_load_balancer_attributes", LoadBalancerArn=arn, Attributes=off)
        self.write_unless("delete_load_balancer", [GONE], LoadBalancerArn=arn)


ADAPTER = Elbv2LoadBalancer
