"""EC2 networking: what moto forgets of security group rules, NAT gateways and endpoints."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after


@after("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def keep_descriptions(call: Call, response: dict[str, Any]) -> None:
    """Keep the descriptions of rules between groups and for prefix lists; moto keeps those of ranges only."""
    del response
    group = call.backend().get_security_group_from_id(call.params["GroupId"])
    rules = group.egress_rules if call.operation.endswith("Egress") else group.ingress_rules
    for permission in call.params.get("IpPermissions", []):
        peers = [*permission.get("UserIdGroupPairs", []), *permission.get("PrefixListIds", [])]
        for peer in peers:
            for rule in rules:
                if "Description" in peer and _is_of(rule, permission, peer):
                    rule.ip_range = {**rule.ip_range, "Description": peer["Description"]}


def _is_of(rule: Any, permission: dict[str, Any], peer: dict[str, Any]) -> bool:
    ports = (permission.get("FromPort"), permission.get("ToPort"))
    same = rule.ip_protocol == permission["IpProtocol"] and (rule.from_port, rule.to_port) == ports
    if "PrefixListId" in peer:
        return bool(same and rule.prefix_list_id == peer["PrefixListId"])
    return bool(same and rule.source_group.get("GroupId") == peer["GroupId"])


@after("ec2", "DeleteNatGateway")
def release_address(call: Call, response: dict[str, Any]) -> None:
    """Let go of the address of a NAT gateway that is gone."""
    gateway = call.backend().nat_gateways[response["NatGatewayId"]]
    held = [address for address in call.backend().addresses if address.eni is gateway._eni]  # noqa: SLF001  moto's only link
    for address in held:
        call.backend().disassociate_address(association_id=address.association_id)


@after("ec2", "ModifyVpcEndpoint")
def keep_private_dns(call: Call, response: dict[str, Any]) -> None:
    """Keep whether an endpoint answers under the service's own name."""
    del response
    if "PrivateDnsEnabled" in call.params:
        endpoint = call.backend().vpc_end_points[call.params["VpcEndpointId"]]
        endpoint.private_dns_enabled = call.params["PrivateDnsEnabled"]
