"""NAT gateways."""

from __future__ import annotations

from typing import Any

from ..adapter import tag_dict
from ..resource import ConvergeError, Resource, State
from ._ec2 import Ec2Adapter


class Ec2NatGateway(Ec2Adapter):
    """A zonal NAT gateway; it takes a minute or two to come and to go."""

    create_operation = "CreateNatGateway"
    kind = "natgateway"
    required = ("SubnetId",)
    immutable = ("SubnetId", "AllocationId", "ConnectivityType")
    computed = ("NatGatewayId",)
    list_operation = ("describe_nat_gateways", "NatGateways", "NatGatewayId")
    filter_parameter = "Filter"
    delete_operation = ("delete_nat_gateway", "NatGatewayNotFound")
    timeout = 900

    def state(self, item: dict[str, Any]) -> State:
        """Add the primary address's allocation."""
        addresses = sorted(item.get("NatGatewayAddresses", []), key=lambda address: not address.get("IsPrimary"))
        allocation = {"AllocationId": addresses[0].get("AllocationId")} if addresses else {}
        return {**item, **allocation, "Tags": tag_dict(item.get("Tags"))}

    def create(self, resource: Resource) -> None:
        """Create it once an older one has let go of the address, remembering its id so that a failure can be told."""
        self.await_gone(resource)
        self.made.add(self.make(resource, **resource.properties)["NatGateway"]["NatGatewayId"])

    def ready(self, state: State) -> bool:
        """Say whether it carries traffic."""
        if state["State"] == "failed":
            raise ConvergeError(
                f"{state['NatGatewayId']} failed: {state.get('FailureMessage', 'AWS does not say why')}"
            )
        return bool(state["State"] == "available")

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it and wait until it has let go of its address and its subnet."""
        super().delete(resource, state)
        self.await_gone(resource)


ADAPTER = Ec2NatGateway
