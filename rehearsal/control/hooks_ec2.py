"""EC2 networking: what moto forgets of security group rules, NAT gateways and endpoints."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after

#: Number of the entry of a network ACL that denies whatever no other decides.
LAST = 32767


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


@after("ec2", "CreateVpcEndpoint", "DescribeVpcEndpoints")
def show_address_type(call: Call, response: dict[str, Any]) -> None:
    """Say which addresses an interface endpoint has."""
    made = response.get("VpcEndpoint")
    kept = call.world.kept("ec2.address_types")
    if made and "IpAddressType" in call.params:
        kept[made["VpcEndpointId"]] = call.params["IpAddressType"]
    for endpoint in [made] if made else response.get("VpcEndpoints", []):
        if endpoint["VpcEndpointType"] == "Interface":
            endpoint["IpAddressType"] = kept.get(endpoint["VpcEndpointId"], "ipv4")


@after("ec2", "CreateNetworkAcl")
def deny_the_rest(call: Call, response: dict[str, Any]) -> None:
    """Give a new ACL the two last entries that nobody can remove."""
    made = response["NetworkAcl"]
    for egress in (False, True):
        numbers = {"icmp_code": None, "icmp_type": None, "port_range_from": None, "port_range_to": None}
        call.backend().create_network_acl_entry(
            made["NetworkAclId"], LAST, "-1", "deny", egress, "0.0.0.0/0", **numbers, ipv6_cidr_block=None
        )
        entry = {"RuleNumber": LAST, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
        made.setdefault("Entries", []).append({**entry, "Egress": egress})
