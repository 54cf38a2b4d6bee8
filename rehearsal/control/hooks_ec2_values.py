"""EC2: values that AWS refuses."""

from __future__ import annotations

import re

from moto.ec2.models import vpcs

from rehearsal.control.hooks_ec2 import LAST
from rehearsal.control.overlay import Call, Refused, before

#: https://docs.aws.amazon.com/vpc/latest/userguide/creating-security-groups.html
ALLOWED = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
#: Services that have endpoints, by the last part of their names.
SERVICES = frozenset({*vpcs.AWS_ENDPOINT_SERVICES, *vpcs.COVERED_ENDPOINT_SERVICES})


@before("ec2", "CreateSecurityGroup")
def name_and_description(call: Call) -> None:
    """Refuse names and descriptions with other characters than AWS allows, and names that look like ids."""
    name, description = call.params["GroupName"], call.params["Description"]
    if name.startswith("sg-"):
        raise Refused("InvalidParameterValue", f"Invalid value '{name}' for groupName. It may not begin with 'sg-'.")
    _check(name, "groupName")
    _check(description, "groupDescription")


@before("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def descriptions(call: Call) -> None:
    """Refuse descriptions of rules with other characters than AWS allows."""
    for permission in call.params.get("IpPermissions", []):
        for kind in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"):
            for peer in permission.get(kind, []):
                _check(peer.get("Description", ""), "description")


def _check(text: str, field: str) -> None:
    if not ALLOWED.fullmatch(text):
        raise Refused(
            "InvalidParameterValue",
            f"Value ({text}) for parameter {field} is invalid. Character sets beyond ASCII are not supported.",
        )


@before("ec2", "CreateRoute", "ReplaceRoute")
def route(call: Call) -> None:
    """Refuse a route through an internet gateway that is not attached to the table's VPC."""
    gateway = call.backend().internet_gateways.get(call.params.get("GatewayId"))
    table = call.backend().route_tables.get(call.params["RouteTableId"])
    if gateway and table and not (gateway.vpc and gateway.vpc.id == table.vpc_id):
        raise Refused(
            "InvalidParameterValue",
            f"route table {table.id} and network gateway {gateway.id} belong to different networks",
        )


@before("ec2", "DeleteNetworkAclEntry", "CreateNetworkAclEntry", "ReplaceNetworkAclEntry")
def entry_number(call: Call) -> None:
    """Refuse to touch the last entry of an ACL."""
    number = call.params["RuleNumber"]
    if not 1 <= number < LAST:
        raise Refused("InvalidParameterValue", f"Invalid value '{number}' for ruleNumber. Must be in the range 1-32766")


@before("ec2", "CreateVpcEndpoint")
def endpoint(call: Call) -> None:
    """Refuse unknown services, two subnets in a zone, and private names where they cannot work."""
    params = call.params
    if params["ServiceName"].removeprefix(f"com.amazonaws.{call.region}.") not in SERVICES:
        raise Refused("InvalidServiceName", f"The Vpc Endpoint Service '{params['ServiceName']}' does not exist")
    zones = [call.backend().get_subnet(one).availability_zone for one in params.get("SubnetIds", [])]
    if len(set(zones)) < len(zones):
        raise Refused(
            "DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of a subnet"
        )
    if params.get("VpcEndpointType") == "Interface" and params.get("PrivateDnsEnabled", True):
        _check_private_names(call)


def _check_private_names(call: Call) -> None:
    vpc_id, service = call.params["VpcId"], call.params["ServiceName"]
    vpc = call.backend().get_vpc(vpc_id)
    if not (vpc.enable_dns_hostnames and vpc.enable_dns_support):
        raise Refused(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc_id}",
        )
    for other in call.backend().vpc_end_points.values():
        there = other.vpc_id == vpc_id and other.service_name == service and other.state != "deleted"
        if there and other.private_dns_enabled:
            raise Refused(
                "InvalidParameter",
                f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service} "
                f"in the VPC {vpc_id}",
            )
