"""What controls look at, by kind: names of resources and their descriptions. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..adapters._route53 import zone_id
from ..cloud import Cloud
from .account import ACCOUNT_READERS

Found = Iterator[tuple[str, dict[str, Any]]]
Outputs = Mapping[str, Any]


def ecs_cluster(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the cluster with settings and tags."""
    arn = outputs["cluster/cluster_arn"]
    answer = cloud.read("ecs", "describe_clusters", clusters=[arn], include=["SETTINGS", "TAGS"])
    yield from ((one["clusterName"], one) for one in answer["clusters"])


def ecs_service(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the services with tags."""
    cluster = outputs["cluster/cluster_arn"]
    arns = cloud.pages("ecs", "list_services", "serviceArns", cluster=cluster)
    for start in range(0, len(arns), 10):
        part = arns[start : start + 10]
        answer = cloud.read("ecs", "describe_services", cluster=cluster, services=part, include=["TAGS"])
        yield from ((one["serviceName"], one) for one in answer["services"])


def task_definition(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the revisions that services run."""
    yield from _revisions(cloud, [service for _, service in ecs_service(cloud, outputs)])


def _revisions(cloud: Cloud, services: Iterable[Mapping[str, Any]]) -> Found:
    for arn in sorted({service["taskDefinition"] for service in services}):
        answer = cloud.read("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
        found = answer["taskDefinition"]
        yield f"{found['family']}:{found['revision']}", {**found, "Tags": answer.get("tags")}


def container(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the containers of those revisions."""
    yield from _containers(task_definition(cloud, outputs))


def image(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the containers that tasks run: an idle service names a tag until its first release."""
    services = [service for _, service in ecs_service(cloud, outputs)]
    busy = [service for service in services if service["desiredCount"] or service["runningCount"]]
    yield from _containers(_revisions(cloud, busy))


def _containers(revisions: Found) -> Found:
    for name, definition in revisions:
        yield from ((f"{name}/{one['name']}", one) for one in definition["containerDefinitions"])


def load_balancer(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the load balancers with their attributes and web ACLs."""
    for found in cloud.read("elbv2", "describe_load_balancers", LoadBalancerArns=_balancers(outputs))["LoadBalancers"]:
        arn = found["LoadBalancerArn"]
        attributes = cloud.read("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)["Attributes"]
        acl = cloud.read("wafv2", "get_web_acl_for_resource", ResourceArn=arn).get("WebACL")
        flat = {one["Key"]: one["Value"] for one in attributes}
        yield found["LoadBalancerName"], {**found, "Attributes": flat, "WebACL": acl}


def _balancers(outputs: Outputs) -> list[str]:
    first, kind = "load_balancer/load_balancer_arn", ("load_balancer/", "load_balancer_arn")
    others = [arn for name, arn in sorted(outputs.items()) if name.startswith(kind[0]) and name.endswith(kind[1])]
    return list(dict.fromkeys([outputs[first], *others]))


def http_listener(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the listeners for plain HTTP."""
    yield from _listeners(cloud, outputs, "HTTP")


def https_listener(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the listeners for HTTPS."""
    yield from _listeners(cloud, outputs, "HTTPS")


def _listeners(cloud: Cloud, outputs: Outputs, protocol: str) -> Found:
    for arn in _balancers(outputs):
        listed = cloud.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        yield from ((f"{arn.split('/')[-2]}:{one['Port']}", one) for one in listed if one["Protocol"] == protocol)


def target_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the target groups of the load balancers."""
    for arn in _balancers(outputs):
        listed = cloud.pages("elbv2", "describe_target_groups", "TargetGroups", LoadBalancerArn=arn)
        yield from ((one["TargetGroupName"], one) for one in listed)


def web_acl(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the web ACL and its logging configuration."""
    arn = outputs["firewall/web_acl_arn"]
    name, number = arn.split("/")[-2:]
    found = cloud.read("wafv2", "get_web_acl", Name=name, Id=number, Scope="REGIONAL")["WebACL"]
    listed = cloud.read("wafv2", "list_logging_configurations", Scope="REGIONAL")["LoggingConfigurations"]
    yield name, {**found, "Logged": any(one["ResourceArn"] == arn for one in listed)}


def database(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database."""
    name = outputs["database/instance_id"]
    listed = cloud.read("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    yield from ((one["DBInstanceIdentifier"], one) for one in listed)


def database_parameters(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the values of the database's parameter group."""
    for _, found in database(cloud, outputs):
        group = found["DBParameterGroups"][0]["DBParameterGroupName"]
        listed = cloud.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=group)
        yield group, {one["ParameterName"]: one.get("ParameterValue") for one in listed}


def backup_plan(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database with what AWS Backup's plan selects."""
    planned = list(_planned(cloud, outputs["backup/plan_id"])) if "backup/plan_id" in outputs else []
    yield from ((name, {**found, "Planned": planned}) for name, found in database(cloud, outputs))


def _planned(cloud: Cloud, plan: str) -> Iterator[str]:
    for one in cloud.pages("backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan):
        number = {"BackupPlanId": plan, "SelectionId": one["SelectionId"]}
        yield from cloud.read("backup", "get_backup_selection", **number)["BackupSelection"].get("Resources", [])


def recovery_point(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield what the vault holds."""
    if "backup/vault_arn" in outputs:
        vault, operation = outputs["backup/vault_arn"].rpartition(":")[2], "list_recovery_points_by_backup_vault"
        listed = cloud.pages("backup", operation, "RecoveryPoints", BackupVaultName=vault)
        yield from ((one["RecoveryPointArn"].rpartition(":")[2], one) for one in listed)


def event_subscriptions(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield all subscriptions of the environment's topic, together."""
    topic_arn = outputs["notifications/topic_arn"]
    listed = cloud.pages("rds", "describe_event_subscriptions", "EventSubscriptionsList")
    ours = [one for one in listed if one["SnsTopicArn"] == topic_arn and one["Enabled"]]
    yield "all", {"sources": {one["SourceType"]: one.get("EventCategoriesList", []) for one in ours}}


def vpc(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the network with its flow logs."""
    number = outputs["network/vpc_id"]
    logs = cloud.pages("ec2", "describe_flow_logs", "FlowLogs", Filters=[{"Name": "resource-id", "Values": [number]}])
    yield number, {"FlowLogs": logs}


def _of_vpc(cloud: Cloud, outputs: Outputs, operation: str, key: str) -> list[dict[str, Any]]:
    filters = [{"Name": "vpc-id", "Values": [outputs["network/vpc_id"]]}]
    return cloud.pages("ec2", operation, key, Filters=filters)


def default_security_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield AWS's own security group."""
    listed = _of_vpc(cloud, outputs, "describe_security_groups", "SecurityGroups")
    yield from ((one["GroupId"], one) for one in listed if one["GroupName"] == "default")


def security_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield every security group of the network."""
    yield from (
        (one["GroupName"], one) for one in _of_vpc(cloud, outputs, "describe_security_groups", "SecurityGroups")
    )


def subnet(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the subnets."""
    yield from ((one["SubnetId"], one) for one in _of_vpc(cloud, outputs, "describe_subnets", "Subnets"))


def network_acl(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the network ACLs."""
    yield from ((one["NetworkAclId"], one) for one in _of_vpc(cloud, outputs, "describe_network_acls", "NetworkAcls"))


def endpoints(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the names of the services that have an endpoint, together."""
    listed = _of_vpc(cloud, outputs, "describe_vpc_endpoints", "VpcEndpoints")
    names = {one["ServiceName"].split(".", 3)[-1] for one in listed if one["State"].lower() == "available"}
    yield "all", {"services": sorted(names)}


def topic(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the topic's attributes."""
    arn = outputs["notifications/topic_arn"]
    found = cloud.read("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
    yield arn.rsplit(":", 1)[-1], {**found, "Policy": json.loads(found["Policy"])}


def key(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the keys with state, rotation and policy."""
    for name in ("data", "logs", "notifications"):
        arn = outputs[f"keys/{name}_key_arn"]
        found = cloud.read("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        rotates = cloud.read("kms", "get_key_rotation_status", KeyId=arn)["KeyRotationEnabled"]
        policy = cloud.read("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"]
        yield name, {**found, "Rotates": rotates, "Policy": json.loads(policy)}


def secret(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the secrets of the services, and the database's own."""
    arns = [value for name, value in sorted(outputs.items()) if _is_secret(name, value)]
    for arn in dict.fromkeys(arns):
        found = cloud.read("secretsmanager", "describe_secret", SecretId=arn)
        yield found["Name"], found


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and ":secretsmanager:" in value and not name.endswith(".fingerprint")


def bucket(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the buckets with what controls ask for."""
    names = sorted(value for name, value in outputs.items() if name.endswith("bucket"))
    for name in dict.fromkeys(names):
        yield (
            name,
            {
                "Block": cloud.read("s3", "get_public_access_block", Bucket=name)["PublicAccessBlockConfiguration"],
                "Ownership": cloud.read("s3", "get_bucket_ownership_controls", Bucket=name)["OwnershipControls"][
                    "Rules"
                ],
                "Policy": json.loads(cloud.read("s3", "get_bucket_policy", Bucket=name)["Policy"]),
                "Logging": cloud.read("s3", "get_bucket_logging", Bucket=name).get("LoggingEnabled"),
                "Versioning": cloud.read("s3", "get_bucket_versioning", Bucket=name).get("Status"),
                "Rules": cloud.read("s3", "get_bucket_lifecycle_configuration", Bucket=name)["Rules"],
                "Encryption": cloud.read("s3", "get_bucket_encryption", Bucket=name)[
                    "ServerSideEncryptionConfiguration"
                ],
            },
        )


def repository(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the repositories and whether each has a lifecycle policy."""
    names = [value.split("/", 1)[1] for name, value in sorted(outputs.items()) if name.startswith("registry/")]
    for found in cloud.read("ecr", "describe_repositories", repositoryNames=names)["repositories"] if names else []:
        policy = cloud.read("ecr", "get_lifecycle_policy", repositoryName=found["repositoryName"])
        yield found["repositoryName"], {**found, "Lifecycle": bool(policy.get("lifecyclePolicyText"))}


def certificate(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the certificate."""
    arn = outputs["certificate/certificate_arn"]
    found = cloud.read("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    yield found["DomainName"], found


def zone(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the hosted zone with what logs its queries."""
    number = zone_id(outputs["dns/zone_id"])
    listed = cloud.pages("route53", "list_query_logging_configs", "QueryLoggingConfigs")
    yield number, {"Logs": [one for one in listed if zone_id(one["HostedZoneId"]) == number]}


def table(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the table of leases."""
    name = outputs["state/lease_table"]
    found = cloud.read("dynamodb", "describe_table", TableName=name)["Table"]
    backups = cloud.read("dynamodb", "describe_continuous_backups", TableName=name)["ContinuousBackupsDescription"]
    yield name, {**found, "Backups": backups}


READERS: Mapping[str, Callable[[Cloud, Outputs], Found]] = {
    **ACCOUNT_READERS,
    **{one.__name__: one
    for one in (
        ecs_cluster, ecs_service, task_definition, container, image, load_balancer, http_listener, https_listener,
        target_group, web_acl, database, database_parameters, backup_plan, recovery_point, event_subscriptions, vpc,
        default_security_group,
        security_group, subnet, network_acl, endpoints, topic, key, secret, bucket, repository, certificate, table,
        zone,
    )},
}  # fmt: skip
