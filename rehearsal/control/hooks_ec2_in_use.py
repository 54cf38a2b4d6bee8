"""EC2: what is in use cannot be deleted, and what is taken cannot be taken again."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before


def _dependency(text: str) -> Refused:
    return Refused("DependencyViolation", text)


@before("ec2", "DeleteVpc")
def vpc(call: Call) -> None:
    """Refuse a VPC with security groups of one's own, an internet gateway or endpoints."""
    vpc_id, backend = call.params["VpcId"], call.backend()
    groups = [group for group in backend.groups.get(vpc_id, {}).values() if group.name != "default"]
    gateways = [one for one in backend.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id]
    endpoints = [one for one in backend.vpc_end_points.values() if one.vpc_id == vpc_id and one.state != "deleted"]
    if groups or gateways or endpoints:
        raise _dependency(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


@before("ec2", "DeleteSubnet")
def subnet(call: Call) -> None:
    """Refuse a subnet with network interfaces in it."""
    subnet_id = call.params["SubnetId"]
    endpoints = [one for one in call.backend().vpc_end_points.values() if one.state != "deleted"]
    used = any(subnet_id in (one.subnet_ids or []) for one in endpoints)
    used |= any(one.subnet_id == subnet_id and one.state != "deleted" for one in call.backend().nat_gateways.values())
    used |= any(subnet_id == found.id for one in _balancers(call) for found in one.subnets)
    used |= any(
        subnet_id in {found["SubnetIdentifier"] for found in one.db_subnet_group.subnets}
        for one in _databases(call)
        if hasattr(one, "db_subnet_group")  # moto sets it for those alone that name one
    )
    if used:
        raise _dependency(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


@before("ec2", "DeleteSecurityGroup")
def security_group(call: Call) -> None:
    """Refuse a group that something has or that a rule of another names, and the default one."""
    group = call.backend().get_security_group_from_id(call.params.get("GroupId"))
    if group is None:
        return
    if group.name == "default":
        raise Refused("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user')
    if group.id in _groups_in_use(call) or _named_by_others(call, group):
        raise _dependency(f"resource {group.id} has a dependent object")


def _groups_in_use(call: Call) -> set[str]:
    endpoints = [one for one in call.backend().vpc_end_points.values() if one.state != "deleted"]
    used = {group for one in endpoints for group in one.security_group_ids}
    used |= {group for one in _balancers(call) for group in one.security_groups}
    used |= {group for one in _databases(call) for group in one.vpc_security_group_ids}
    return used


def _named_by_others(call: Call, group: Any) -> bool:
    others = [other for other in call.backend().groups.get(group.vpc_id, {}).values() if other is not group]
    rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
    return any((rule.source_group or {}).get("GroupId") == group.id for rule in rules)


def _balancers(call: Call) -> list[Any]:
    return list(call.backend("elbv2").load_balancers.values())


def _databases(call: Call) -> list[Any]:
    return list(call.backend("rds").databases.values())


@before("ec2", "AttachInternetGateway")
def second_gateway(call: Call) -> None:
    """Refuse a second gateway of a VPC."""
    vpc_id = call.params["VpcId"]
    for one in call.backend().internet_gateways.values():
        if one.vpc and one.vpc.id == vpc_id and one.id != call.params["InternetGatewayId"]:
            raise Refused("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")


@before("ec2", "ReleaseAddress", "CreateNatGateway")
def address(call: Call) -> None:
    """Refuse to release or to give away an address that a NAT gateway has."""
    allocation = call.params.get("AllocationId")
    held = [one for one in call.backend().addresses if one.allocation_id == allocation and one.eni]
    if held and call.operation == "ReleaseAddress":
        raise Refused("InvalidIPAddress.InUse", f"Address {held[0].public_ip} is in use.")
    if held:
        raise Refused("Resource.AlreadyAssociated", f"{allocation} is already associated")


@before("ec2", "DeleteNetworkAcl")
def network_acl(call: Call) -> None:
    """Refuse the default ACL of a VPC."""
    acl = call.backend().network_acls.get(call.params["NetworkAclId"])
    if acl and acl.default:
        raise Refused("InvalidParameterValue", f"cannot delete default network ACL {acl.id}")


@before("ec2", "DetachInternetGateway")
def gateway_of_addresses(call: Call) -> None:
    """Refuse to detach the gateway while a NAT gateway has a public address through it."""
    vpc_id = call.params["VpcId"]
    for one in call.backend().nat_gateways.values():
        if one.vpc_id == vpc_id and one.state != "deleted" and one.connectivity_type == "public":
            raise _dependency(f"Network {vpc_id} has some mapped public address(es). Please unmap those first.")
