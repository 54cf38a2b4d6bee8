"""Quotas of networks, roles, services and more; the numbers are in :mod:`rehearsal.control.quotas`."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, before
from rehearsal.control.policies import size
from rehearsal.control.quotas import enforce


@before("ec2", "CreateVpc")
def vpcs(call: Call) -> None:
    """Count the VPCs of a region, the default one too."""
    enforce(call, "vpcs", len(call.backend().vpcs) + 1)


@before("ec2", "CreateSubnet")
def subnets(call: Call) -> None:
    """Count the subnets of a VPC."""
    every = [one for zone in call.backend().subnets.values() for one in zone.values()]
    enforce(call, "subnets", _of_vpc(call, every) + 1)


@before("ec2", "CreateRouteTable")
def route_tables(call: Call) -> None:
    """Count the route tables of a VPC."""
    enforce(call, "route tables", _of_vpc(call, call.backend().route_tables.values()) + 1)


@before("ec2", "CreateVpcEndpoint")
def endpoints(call: Call) -> None:
    """Count the interface endpoints of a VPC."""
    if call.params.get("VpcEndpointType") == "Interface":
        every = call.backend().vpc_end_points.values()
        living = [one for one in every if one.state != "deleted" and one.vpc_endpoint_type == "Interface"]
        enforce(call, "endpoints", _of_vpc(call, living) + 1)


def _of_vpc(call: Call, things: Any) -> int:
    return sum(one.vpc_id == call.params["VpcId"] for one in things)


@before("ec2", "AllocateAddress")
def addresses(call: Call) -> None:
    """Count the elastic addresses of a region."""
    enforce(call, "addresses", len(call.backend().addresses) + 1)


@before("ec2", "CreateNatGateway")
def gateways(call: Call) -> None:
    """Count the NAT gateways of a zone."""
    backend = call.backend()
    zone = backend.get_subnet(call.params["SubnetId"]).availability_zone
    living = [one for one in backend.nat_gateways.values() if one.state not in {"deleted", "failed"}]
    enforce(call, "gateways", sum(backend.get_subnet(one.subnet_id).availability_zone == zone for one in living) + 1)


@before("ec2", "CreateNetworkAclEntry")
def entries(call: Call) -> None:
    """Count the entries of a network ACL in one direction, the last one that AWS puts there too."""
    acl = call.backend().network_acls.get(call.params["NetworkAclId"])
    if acl is not None:
        same = [one for one in acl.network_acl_entries if str(one.egress).lower() == str(call.params["Egress"]).lower()]
        enforce(call, "entries", len(same) + 1)


@before("ec2", "CreateNetworkInterface", "ModifyNetworkInterfaceAttribute")
def groups_of_interface(call: Call) -> None:
    """Count the security groups of an interface."""
    enforce(call, "groups of an interface", len(call.params.get("Groups", [])))


@before("ecs", "CreateService")
def services(call: Call) -> None:
    """Count the services of a cluster."""
    name = call.params.get("cluster", "default").rsplit("/", 1)[-1]
    mover = call.world.movers.get("tasks")
    there = [one for one in mover.services.values() if one.cluster_arn.endswith(f"/{name}")] if mover else []  # type: ignore[attr-defined]  # the tasks' own
    enforce(call, "services", sum(one.status == "ACTIVE" for one in there) + 1, name)


@before("ecs", "CreateService", "UpdateService", "RunTask")
def network_of_tasks(call: Call) -> None:
    """Count subnets and security groups of a task."""
    network = call.params.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    enforce(call, "task subnets", len(network.get("subnets", [])))
    enforce(call, "task groups", len(network.get("securityGroups", [])))


@before("iam", "AttachRolePolicy")
def policies(call: Call) -> None:
    """Count the managed policies of a role."""
    enforce(call, "policies of a role", len({*_of_role(call, "managed_policies"), call.params["PolicyArn"]}))


@before("iam", "PutRolePolicy")
def inline_policies(call: Call) -> None:
    """Add up the characters of a role's inline policies; white space does not count."""
    every = {**_of_role(call, "policies"), call.params["PolicyName"]: call.params["PolicyDocument"]}
    enforce(call, "inline policies", sum(map(size, every.values())), call.params["RoleName"])


@before("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust(call: Call) -> None:
    """Count the characters of a trust policy; white space does not count."""
    document = call.params.get("AssumeRolePolicyDocument") or call.params["PolicyDocument"]
    enforce(call, "trust policy", size(document))


def _of_role(call: Call, field: str) -> dict[str, Any]:
    """Return a dictionary of a role's, empty when there is no such role, which moto refuses."""
    roles = call.backend().roles.values()
    return next((dict(getattr(one, field)) for one in roles if one.name == call.params["RoleName"]), {})


@before("ssm", "PutParameter")
def parameters(call: Call) -> None:
    """Count the parameters of a region."""
    every = set(call.backend()._parameters)  # noqa: SLF001  moto's only list that is not filtered
    own = {name for name in every if not name.startswith("/aws/")}
    enforce(call, "parameters", len({*own, call.params["Name"]}))


@before("wafv2", "CreateWebACL")
def web_acls(call: Call) -> None:
    """Count the web ACLs of a region."""
    enforce(call, "web acls", len(call.backend().wacls) + 1)


@before("route53", "CreateHostedZone")
def zones(call: Call) -> None:
    """Count the hosted zones of the account."""
    enforce(call, "zones", len(call.backend().zones) + 1)


@before("rds", "CreateDBInstance", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
def databases(call: Call) -> None:
    """Count the database instances of a region."""
    enforce(call, "databases", len(call.backend().databases) + 1)


@before("logs", "PutMetricFilter")
def metric_filters(call: Call) -> None:
    """Count the metric filters of a log group."""
    group, name = call.params["logGroupName"], call.params["filterName"]
    there = [one["filterName"] for one in call.backend().filters.metric_filters if one["logGroupName"] == group]
    enforce(call, "metric filters", len({*there, name}))


@before("acm", "RequestCertificate")
def names(call: Call) -> None:
    """Count the names of a certificate, the first one too."""
    every = {call.params["DomainName"], *call.params.get("SubjectAlternativeNames", [])}
    enforce(call, "names of a certificate", len(every))
