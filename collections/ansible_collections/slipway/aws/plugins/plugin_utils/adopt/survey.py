"""What is claimed, as AWS describes it now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from .claims import Claims

Item = dict[str, Any]
BATCH = 10  # DescribeServices takes at most ten


@dataclass
class Survey:
    """Descriptions in AWS's own names.

    Attributes:
        account: number; region: name.
        vpc: the one VPC; subnets: all in it; routes: its route tables; gateways, nats, endpoints: those in it.
        own: ids of the subnets that are claimed.
        balancers: application load balancers, each with ``Listeners``, and those with ``Rules``.
        groups: target groups by ARN.
        databases: instances.
        clusters: ECS clusters; services: their services, each with ``Definition``.
        zones: public zones.
        missing: what is claimed and not there.
        others: number of things that nobody looks at, by type.
    """

    account: str
    region: str
    vpc: Item
    subnets: list[Item] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    routes: list[Item] = field(default_factory=list)
    gateways: list[Item] = field(default_factory=list)
    nats: list[Item] = field(default_factory=list)
    endpoints: list[Item] = field(default_factory=list)
    balancers: list[Item] = field(default_factory=list)
    groups: dict[str, Item] = field(default_factory=dict)
    databases: list[Item] = field(default_factory=list)
    clusters: list[Item] = field(default_factory=list)
    services: list[Item] = field(default_factory=list)
    zones: list[Item] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)


#: Types that a survey looks at, or that come with those.
SEEN = frozenset(
    f"aws_{name}"
    for name in [
        "vpc",
        "subnet",
        "internet_gateway",
        "nat_gateway",
        "eip",
        "route",
        "route_table",
        "route_table_association",
        "security_group",
        "security_group_rule",
        "vpc_security_group_ingress_rule",
        "vpc_security_group_egress_rule",
        "vpc_endpoint",
        "default_security_group",
        "default_network_acl",
        "default_route_table",
        "lb",
        "lb_listener",
        "lb_listener_rule",
        "lb_target_group",
        "db_instance",
        "db_subnet_group",
        "db_parameter_group",
        "ecs_cluster",
        "ecs_cluster_capacity_providers",
        "ecs_service",
        "ecs_task_definition",
        "route53_zone",
        "acm_certificate",
        "acm_certificate_validation",
        "ecr_repository",
        "secretsmanager_secret",
        "secretsmanager_secret_version",
    ]
)


def survey(cloud: Cloud, claims: Claims) -> Survey:
    """Read everything.

    Raises:
        ConvergeError: it lies in another account or region, or has no VPC or several.
    """
    _check_place(cloud, claims)
    vpcs = claims.of("aws_vpc")
    if len(vpcs) != 1:
        raise ConvergeError(
            f"there are {len(vpcs)} VPCs in what was given ({', '.join(vpcs)}), and an environment has one;"
            " give the state or the tag of one environment"
        )
    found = Survey(cloud.identity()["account"], cloud.region, _vpc(cloud, vpcs[0]), own=claims.of("aws_subnet"))
    _network(cloud, found)
    _balancers(cloud, claims, found)
    _databases(cloud, claims, found)
    _clusters(cloud, claims, found)
    found.zones = [zone for name in claims.of("aws_route53_zone") for zone in _zone(cloud, name)]
    found.others = {kind: len(ids) for kind, ids in sorted(claims.ids.items()) if kind not in SEEN}
    return found


def _check_place(cloud: Cloud, claims: Claims) -> None:
    account, places = cloud.identity()["account"], claims.places
    accounts = sorted({place[0] for place in places})
    if accounts and account not in accounts:
        raise ConvergeError(
            f"what was given lies in account {', '.join(accounts)}, and the credentials are those of {account}"
        )
    regions = sorted({place[1] for place in places})
    if regions and cloud.region not in regions:
        raise ConvergeError(
            f"what was given lies in {', '.join(regions)}, and aws_region is {cloud.region};"
            f" give -e aws_region={regions[0]}"
        )


def _vpc(cloud: Cloud, name: str) -> Item:
    found: list[Item] = cloud.pages("ec2", "describe_vpcs", "Vpcs", Filters=_by("vpc-id", name))
    if not found:
        raise ConvergeError(f"{name} is not in {cloud.region} any more; give a newer state")
    return found[0]


def _by(name: str, *values: str) -> list[Item]:
    return [{"Name": name, "Values": list(values)}]


def _network(cloud: Cloud, found: Survey) -> None:
    vpc = found.vpc["VpcId"]
    found.subnets = cloud.pages("ec2", "describe_subnets", "Subnets", Filters=_by("vpc-id", vpc))
    found.routes = cloud.pages("ec2", "describe_route_tables", "RouteTables", Filters=_by("vpc-id", vpc))
    gateways = _by("attachment.vpc-id", vpc)
    found.gateways = cloud.pages("ec2", "describe_internet_gateways", "InternetGateways", Filters=gateways)
    nats = cloud.pages("ec2", "describe_nat_gateways", "NatGateways", Filter=_by("vpc-id", vpc))
    found.nats = [nat for nat in nats if nat["State"] == "available"]
    endpoints = cloud.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=_by("vpc-id", vpc))
    found.endpoints = [endpoint for endpoint in endpoints if endpoint["State"].lower() == "available"]


def _balancers(cloud: Cloud, claims: Claims, found: Survey) -> None:
    listed = {one["LoadBalancerArn"]: one for one in cloud.pages("elbv2", "describe_load_balancers", "LoadBalancers")}
    _note_missing(claims, "aws_lb", listed, found)
    for arn in claims.of("aws_lb"):
        if arn in listed:
            found.balancers.append({**listed[arn], "Listeners": _listeners(cloud, arn)})
    groups = cloud.pages("elbv2", "describe_target_groups", "TargetGroups")
    found.groups = {group["TargetGroupArn"]: group for group in groups if group.get("VpcId") == found.vpc["VpcId"]}


def _listeners(cloud: Cloud, balancer: str) -> list[Item]:
    listeners = cloud.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer)
    return [
        {**one, "Rules": cloud.pages("elbv2", "describe_rules", "Rules", ListenerArn=one["ListenerArn"])}
        for one in listeners
    ]


def _databases(cloud: Cloud, claims: Claims, found: Survey) -> None:
    listed = {one["DBInstanceIdentifier"]: one for one in cloud.pages("rds", "describe_db_instances", "DBInstances")}
    _note_missing(claims, "aws_db_instance", listed, found)
    found.databases = [listed[name] for name in claims.of("aws_db_instance") if name in listed]


def _clusters(cloud: Cloud, claims: Claims, found: Survey) -> None:
    names = claims.of("aws_ecs_cluster")
    listed = cloud.read("ecs", "describe_clusters", clusters=names)["clusters"] if names else []
    there = {one["clusterArn"]: one for one in listed if one["status"] == "ACTIVE"}
    _note_missing(claims, "aws_ecs_cluster", {**there, **{one["clusterName"]: one for one in listed}}, found)
    found.clusters = list(there.values())
    found.services = [service for arn in there for service in _services(cloud, arn)]


def _services(cloud: Cloud, cluster: str) -> list[Item]:
    arns = cloud.pages("ecs", "list_services", "serviceArns", cluster=cluster)
    parts = [arns[start : start + BATCH] for start in range(0, len(arns), BATCH)]
    services = [
        one
        for part in parts
        for one in cloud.read("ecs", "describe_services", cluster=cluster, services=part)["services"]
    ]
    return [
        {**one, "Definition": _definition(cloud, one)} for one in sorted(services, key=lambda one: one["serviceName"])
    ]


def _definition(cloud: Cloud, service: Item) -> Item:
    answer = cloud.read("ecs", "describe_task_definition", taskDefinition=service["taskDefinition"])
    found: Item = answer["taskDefinition"]
    return found


def _zone(cloud: Cloud, name: str) -> list[Item]:
    zone = cloud.read("route53", "get_hosted_zone", Id=name)["HostedZone"]
    return [] if zone.get("Config", {}).get("PrivateZone") else [zone]


def _note_missing(claims: Claims, kind: str, listed: Item, found: Survey) -> None:
    found.missing += [f"{kind} {name}" for name in claims.of(kind) if name not in listed]
