"""Internet gateways."""

from __future__ import annotations

from typing import Any

from ..adapter import tag_dict
from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import Ec2Adapter


class Ec2InternetGateway(Ec2Adapter):
    """An internet gateway and the VPC it is attached to, ``VpcId``."""

    create_operation = "CreateInternetGateway"
    kind = "internet-gateway"
    more_properties = ("VpcId",)
    required = ("VpcId",)
    computed = ("InternetGatewayId",)
    list_operation = ("describe_internet_gateways", "InternetGateways", "InternetGatewayId")
    delete_operation = ("delete_internet_gateway", "InvalidInternetGatewayID.NotFound")

    def state(self, item: dict[str, Any]) -> State:
        """Add the VPC it is attached to; an attachment on its way out does not count."""
        attached = [a["VpcId"] for a in item.get("Attachments", []) if a.get("State") in {"attaching", "available"}]
        return {**item, "VpcId": attached[0] if attached else "", "Tags": tag_dict(item.get("Tags"))}

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Attach it to the declared VPC, mend the tags."""
        if "VpcId" in changes:
            self._detach(state)
            self.write(
                "attach_internet_gateway", InternetGatewayId=state["InternetGatewayId"], VpcId=changes["VpcId"].after
            )
        super().update(resource, state, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Detach it, which AWS refuses while public addresses are in use, and delete it."""
        self._detach(state)
        super().delete(resource, state)

    def _detach(self, state: State) -> None:
        if state["VpcId"]:
            target = {"InternetGatewayId": state["InternetGatewayId"], "VpcId": state["VpcId"]}
            self.when_free("detach_internet_gateway", "Gateway.NotAttached", **target)


ADAPTER = Ec2InternetGateway
