"""What an environment has and how it is tagged, found by names and networks and never by a tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from tests.e2e.environment import Environment

#: Those that the bill is told apart by.
TAGS = ("project", "environment", "component", "service", "owner", "cost_centre")
#: What lies in a VPC: its call, where the answer has it, the filter by the VPC, and the name of its id.
IN_VPC = (
    ("describe_vpcs", "Vpcs", "vpc-id", "VpcId"),
    ("describe_subnets", "Subnets", "vpc-id", "SubnetId"),
    ("describe_route_tables", "RouteTables", "vpc-id", "RouteTableId"),
    ("describe_internet_gateways", "InternetGateways", "attachment.vpc-id", "InternetGatewayId"),
    ("describe_nat_gateways", "NatGateways", "vpc-id", "NatGatewayId"),
    ("describe_network_acls", "NetworkAcls", "vpc-id", "NetworkAclId"),
    ("describe_security_groups", "SecurityGroups", "vpc-id", "GroupId"),
    ("describe_vpc_endpoints", "VpcEndpoints", "vpc-id", "VpcEndpointId"),
    ("describe_flow_logs", "FlowLogs", "resource-id", "FlowLogId"),
)
#: What has a name: service, call, where the answer has it, and what is its name and its ARN or id; the call for its
#: tags, the parameter that takes ARN or id, and where the answer has them.
NAMED = (
    ("acm", "list_certificates", "CertificateSummaryList", "DomainName", "CertificateArn",
     "list_tags_for_certificate", "CertificateArn", "Tags"),
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId", "ScalableTargetARN",
     "list_tags_for_resource", "ResourceARN", "Tags"),
    ("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName", "BackupVaultArn",
     "list_tags", "ResourceArn", "Tags"),
    ("backup", "list_backup_plans", "BackupPlansList", "BackupPlanName", "BackupPlanArn",
     "list_tags", "ResourceArn", "Tags"),
    ("ce", "get_anomaly_subscriptions", "AnomalySubscriptions", "SubscriptionName", "SubscriptionArn",
     "list_tags_for_resource", "ResourceArn", "ResourceTags"),
    ("cloudtrail", "list_trails", "Trails", "Name", "TrailARN", "list_tags", "ResourceIdList", "ResourceTagList"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName", "AlarmArn",
     "list_tags_for_resource", "ResourceARN", "Tags"),
    ("cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmName", "AlarmArn",
     "list_tags_for_resource", "ResourceARN", "Tags"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName", "DashboardArn",
     "list_tags_for_resource", "ResourceARN", "Tags"),
    ("ecr", "describe_repositories", "repositories", "repositoryName", "repositoryArn",
     "list_tags_for_resource", "resourceArn", "tags"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName", "LoadBalancerArn",
     "describe_tags", "ResourceArns", "TagDescriptions"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName", "TargetGroupArn",
     "describe_tags", "ResourceArns", "TagDescriptions"),
    ("events", "list_rules", "Rules", "Name", "Arn", "list_tags_for_resource", "ResourceARN", "Tags"),
    ("iam", "list_policies", "Policies", "PolicyName", "Arn", "list_policy_tags", "PolicyArn", "Tags"),
    ("iam", "list_roles", "Roles", "RoleName", "RoleName", "list_role_tags", "RoleName", "Tags"),
    ("kms", "list_aliases", "Aliases", "AliasName", "TargetKeyId", "list_resource_tags", "KeyId", "Tags"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName", "logGroupArn",
     "list_tags_for_resource", "resourceArn", "tags"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier", "DBInstanceArn",
     "list_tags_for_resource", "ResourceName", "TagList"),
    ("rds", "describe_db_snapshots", "DBSnapshots", "DBInstanceIdentifier", "DBSnapshotArn",
     "list_tags_for_resource", "ResourceName", "TagList"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName", "DBParameterGroupArn",
     "list_tags_for_resource", "ResourceName", "TagList"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName", "DBSubnetGroupArn",
     "list_tags_for_resource", "ResourceName", "TagList"),
    ("rds", "describe_event_subscriptions", "EventSubscriptionsList", "CustSubscriptionId", "EventSubscriptionArn",
     "list_tags_for_resource", "ResourceName", "TagList"),
    ("secretsmanager", "list_secrets", "SecretList", "Name", "ARN", "describe_secret", "SecretId", "Tags"),
    ("sns", "list_topics", "Topics", "TopicArn", "TopicArn", "list_tags_for_resource", "ResourceArn", "Tags"),
    ("ssm", "describe_parameters", "Parameters", "Name", "Name", "list_tags_for_resource", "ResourceId", "TagList"),
    ("stepfunctions", "list_state_machines", "stateMachines", "name", "stateMachineArn",
     "list_tags_for_resource", "resourceArn", "tags"),
)  # fmt: skip
#: What calls take beside.
MORE = {
    "application-autoscaling.describe_scalable_targets": {"ServiceNamespace": "ecs"},
    "iam.list_policies": {"Scope": "Local"},
    "ssm.list_tags_for_resource": {"ResourceType": "Parameter"},
}
Tags = dict[str, str]
Found = Iterator[tuple[str, Tags]]
#: What GuardDuty puts into a network that it watches, where nobody can name further tags.
MADE_BY_AWS = "GuardDutyManaged"


def tagged(environment: Environment) -> dict[str, Tags]:
    """Return the tags of everything that an environment has, by kind and id."""
    parts = (_network, _named, _listeners, _tasks, _buckets, _tables, _front)
    return dict(pair for part in parts for pair in part(environment))


def lacking(environment: Environment, found: Mapping[str, Tags]) -> dict[str, list[str]]:
    """Return what lacks which tags, or has another environment's."""
    own = {"project": "slipway", "environment": environment.name}
    return {
        name: missing
        for name, tags in found.items()
        if MADE_BY_AWS not in tags
        and (missing := [tag for tag in TAGS if not tags.get(tag) or tags[tag] != own.get(tag, tags[tag])])
    }


def _ours(environment: Environment) -> Callable[[str], bool]:
    pattern = re.compile(rf"slipway[-_/]{environment.name}(?![a-z0-9])|(^|\.){environment.name}\.example\.com\.?$")
    return lambda text: bool(pattern.search(text))


def _pairs(tags: Any) -> Tags:
    """Return tags as a dictionary, in whatever form their service tells them."""
    if isinstance(tags, Mapping):
        return dict(tags)
    if tags and any("tags" in name.lower() for name in tags[0]):
        return _pairs(next(value for name, value in tags[0].items() if name.lower().startswith("tags")))
    lowered = [{name.lower().removeprefix("tag"): value for name, value in tag.items()} for tag in tags]
    return {tag["key"]: tag["value"] for tag in lowered}


def _pages(client: Any, operation: str, result: str, **parameters: Any) -> Iterable[Any]:
    if not client.can_paginate(operation):
        return getattr(client, operation)(**parameters).get(result, [])  # type: ignore[no-any-return]
    return [one for page in client.get_paginator(operation).paginate(**parameters) for one in page.get(result, [])]


def _network(environment: Environment) -> Found:
    path = f"/slipway/{environment.name}/network/vpc_id"
    vpc = environment.client("ssm").get_parameter(Name=path)["Parameter"]["Value"]
    ec2 = environment.client("ec2")
    for operation, result, by, name in IN_VPC:
        key = "Filter" if operation in {"describe_nat_gateways", "describe_flow_logs"} else "Filters"
        for one in _pages(ec2, operation, result, **{key: [{"Name": by, "Values": [vpc]}]}):
            # AWS makes the main table with the VPC; nothing is routed by it.
            if not any(each.get("Main") for each in one.get("Associations", ())):
                yield f"ec2 {name} {one[name]}", _pairs(one.get("Tags", []))
    gateways = _pages(ec2, "describe_nat_gateways", "NatGateways", Filter=[{"Name": "vpc-id", "Values": [vpc]}])
    used = {each["AllocationId"] for one in gateways for each in one["NatGatewayAddresses"]}
    for one in ec2.describe_addresses()["Addresses"]:
        if one["AllocationId"] in used:
            yield f"ec2 AllocationId {one['AllocationId']}", _pairs(one.get("Tags", []))


def _named(environment: Environment) -> Found:
    ours = _ours(environment)
    for service, operation, result, name, arn, tags_of, parameter, where in NAMED:
        client = environment.client(service)
        for one in _pages(client, operation, result, **MORE.get(f"{service}.{operation}", {})):
            if ours(one[name]):
                given = [one[arn]] if parameter in {"ResourceIdList", "ResourceArns"} else one[arn]
                answer = getattr(client, tags_of)(**{parameter: given}, **MORE.get(f"{service}.{tags_of}", {}))
                yield f"{service} {result} {one[arn]}", _pairs(answer.get(where, []))


def _listeners(environment: Environment) -> Found:
    ours, elbv2 = _ours(environment), environment.client("elbv2")
    for balancer in _pages(elbv2, "describe_load_balancers", "LoadBalancers"):
        if not ours(balancer["LoadBalancerName"]):
            continue
        for one in _pages(elbv2, "describe_listeners", "Listeners", LoadBalancerArn=balancer["LoadBalancerArn"]):
            rules = _pages(elbv2, "describe_rules", "Rules", ListenerArn=one["ListenerArn"])
            # A default rule is the listener's own.
            arns = [one["ListenerArn"], *(rule["RuleArn"] for rule in rules if not rule["IsDefault"])]
            for arn in arns:
                told = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
                yield f"elbv2 {arn}", _pairs(told)


def _tasks(environment: Environment) -> Found:
    ours, ecs = _ours(environment), environment.client("ecs")
    clusters = [arn for arn in _pages(ecs, "list_clusters", "clusterArns") if ours(arn)]
    services = [arn for one in clusters for arn in _pages(ecs, "list_services", "serviceArns", cluster=one)]
    definitions = [arn for arn in _pages(ecs, "list_task_definitions", "taskDefinitionArns") if ours(arn)]
    for arn in [*clusters, *services, *definitions]:
        yield f"ecs {arn}", _pairs(ecs.list_tags_for_resource(resourceArn=arn)["tags"])
    for cluster in clusters:
        arns = _pages(ecs, "list_tasks", "taskArns", cluster=cluster)
        for one in ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"] if arns else ():
            yield f"ecs {one['taskArn']}", _pairs(one["tags"])


def _buckets(environment: Environment) -> Found:
    ours, s3 = _ours(environment), environment.client("s3")
    for one in s3.list_buckets()["Buckets"]:
        if ours(one["Name"]):
            try:
                yield f"s3 {one['Name']}", _pairs(s3.get_bucket_tagging(Bucket=one["Name"])["TagSet"])
            except ClientError as error:
                if error.response["Error"]["Code"] != "NoSuchTagSet":
                    raise
                yield f"s3 {one['Name']}", {}


def _tables(environment: Environment) -> Found:
    ours, dynamodb = _ours(environment), environment.client("dynamodb")
    for name in _pages(dynamodb, "list_tables", "TableNames"):
        if ours(name):
            arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
            yield f"dynamodb {name}", _pairs(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"])


def _front(environment: Environment) -> Found:
    ours, waf, route53 = _ours(environment), environment.client("wafv2"), environment.client("route53")
    for operation, result in (("list_web_acls", "WebACLs"), ("list_ip_sets", "IPSets")):
        for one in getattr(waf, operation)(Scope="REGIONAL")[result]:
            if ours(one["Name"]):
                told = waf.list_tags_for_resource(ResourceARN=one["ARN"])["TagInfoForResource"]
                yield f"wafv2 {one['ARN']}", _pairs(told["TagList"])
    read = partial(route53.list_tags_for_resource, ResourceType="hostedzone")
    # Cloud Map makes the zone of a namespace, and gives it no tags.
    theirs = {one["Name"] for one in _pages(environment.client("servicediscovery"), "list_namespaces", "Namespaces")}
    for one in _pages(route53, "list_hosted_zones", "HostedZones"):
        if ours(one["Name"]) and one["Name"].removesuffix(".") not in theirs:
            told = read(ResourceId=one["Id"].rsplit("/", 1)[-1])["ResourceTagSet"]
            yield f"route53 {one['Name']}", _pairs(told.get("Tags", []))
