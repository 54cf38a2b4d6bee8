"""Listeners, one a port of a load balancer, with their default action. Rules are resources of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._elbv2 import attributes_as_declared, mend_tags, tags_of, write_attributes

GONE = ("ListenerNotFound", "LoadBalancerNotFound")
MODIFIABLE = ("Protocol", "SslPolicy", "Certificates", "DefaultActions", "AlpnPolicy", "MutualAuthentication")


class Elbv2Listener(Adapter):
    """A listener with its attributes, of which those declared are compared."""

    service = "elbv2"
    create_operation = "CreateListener"
    more_properties = ("Attributes",)
    required = ("LoadBalancerArn", "Protocol", "Port", "DefaultActions")
    identity = ("LoadBalancerArn", "Port")
    computed = ("ListenerArn",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List once a load balancer, read tags of all in one call and attributes side by side."""
        balancers: dict[str, dict[int, Resource]] = defaultdict(dict)
        for resource in resources:
            balancers[resource.properties["LoadBalancerArn"]][int(resource.properties["Port"])] = resource
        pairs = [
            (by_port[int(item["Port"])], item)
            for balancer, by_port in balancers.items()
            for item in self._listed(balancer)
            if int(item["Port"]) in by_port
        ]
        tags = tags_of(self.cloud, [item["ListenerArn"] for _, item in pairs])
        states = side_by_side(lambda pair: self._state(*pair, tags), pairs)
        return {resource.name: state for (resource, _), state in zip(pairs, states, strict=True)}

    def _listed(self, balancer: str) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer)
        except ClientError as error:
            if error_code(error) in GONE:
                return []
            raise

    def _state(self, resource: Resource, item: dict[str, Any], tags: dict[str, dict[str, str]]) -> State:
        arn = item["ListenerArn"]
        answer = self.cloud.read("elbv2", "describe_listener_attributes", ListenerArn=arn)
        return {
            **item,
            "Certificates": [only(entry, ["CertificateArn"]) for entry in item.get("Certificates") or []],
            "Attributes": attributes_as_declared(answer, resource),
            "Tags": tags.get(arn, {}),
        }

    def create(self, resource: Resource) -> None:
        """Create with tags; the attributes follow as an update."""
        self.write(
            "create_listener", **without(resource.properties, self.more_properties), Tags=tag_list(resource.tags)
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs."""
        arn = state["ListenerArn"]
        if only(changes, MODIFIABLE):  # together, because AWS judges protocol, policy and certificate as one
            self.write("modify_listener", ListenerArn=arn, **only(resource.properties, MODIFIABLE))
        if "Attributes" in changes:
            write_attributes(self, "modify_listener_attributes", changes["Attributes"], ListenerArn=arn)
        mend_tags(self, arn, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the listener with its rules."""
        del resource
        self.write_unless("delete_listener", GONE, ListenerArn=state["ListenerArn"])


ADAPTER = Elbv2Listener
