"""Calls of EC2 that are made a second time, at which moto fails."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation


@before("ec2", "ReplaceNetworkAclAssociation")
def refuse_replaced(call: Call) -> None:
    """Refuse an association that there is not; one that was replaced has a new id."""
    name = call.params["AssociationId"]
    known = {key for acl in call.backend().network_acls.values() for key in acl._associations}  # noqa: SLF001  moto offers no other way
    if name not in known:
        raise Refused("InvalidAssociationID.NotFound", f"The association ID '{name}' does not exist")


@operation("ec2", "DeleteVpcEndpoints")
def tell_deleted(call: Call) -> dict[str, Any] | None:
    """Tell of endpoints that are gone; a deletion takes the routes away, which moto cannot do twice."""
    there = call.backend().vpc_end_points
    gone = [name for name in call.params["VpcEndpointIds"] if name not in there or there[name].state == "deleted"]
    if len(gone) < len(call.params["VpcEndpointIds"]):
        return None
    text = "The Vpc Endpoint Id '{}' does not exist"
    errors = [
        {"ResourceId": n, "Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": text.format(n)}} for n in gone
    ]
    return {"Unsuccessful": errors}
