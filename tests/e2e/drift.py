"""Ten changes by hand, each behind the playbooks' back, by the name of the resource that a plan must name for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.environment import Environment

Drift = Callable[[Environment], Any]


def _output(environment: Environment, name: str) -> str:
    answer = environment.client("ssm").get_parameter(Name=f"/slipway/{environment.name}/{name}")
    return str(answer["Parameter"]["Value"])


def _security_group(environment: Environment) -> Any:
    group = _output(environment, "network/services_security_group_id")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return environment.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _alarm(environment: Environment) -> Any:
    client, instance = environment.client("cloudwatch"), _output(environment, "database/instance_id")
    alarms = client.get_paginator("describe_alarms").paginate().build_full_result()["MetricAlarms"]
    wanted = {"Name": "DBInstanceIdentifier", "Value": instance}
    found = next(a for a in alarms if a.get("MetricName") == "CPUUtilization" and wanted in a["Dimensions"])
    known = client.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    return client.put_metric_alarm(**{key: value for key, value in found.items() if key in known} | {"Threshold": 99.5})


def _parameter(environment: Environment) -> Any:
    client = environment.client("rds")
    instance = client.describe_db_instances(DBInstanceIdentifier=_output(environment, "database/instance_id"))
    group = instance["DBInstances"][0]["DBParameterGroups"][0]["DBParameterGroupName"]
    off = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    return client.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[off])


def _subnets(environment: Environment) -> Any:
    client, cluster = environment.client("ecs"), f"slipway-{environment.name}"
    service = f"slipway-{environment.name}-web-blue"
    network = client.describe_services(cluster=cluster, services=[service])["services"][0]["networkConfiguration"]
    network["awsvpcConfiguration"]["subnets"].pop()
    return client.update_service(cluster=cluster, service=service, networkConfiguration=network)


def _tag(environment: Environment) -> Any:
    tags = [{"Key": "owner", "Value": "somebody else"}]
    return environment.client("ec2").create_tags(Resources=[_output(environment, "network/vpc_id")], Tags=tags)


def _health_check(environment: Environment) -> Any:
    group = _output(environment, "web/green_target_group_arn")
    return environment.client("elbv2").modify_target_group(TargetGroupArn=group, HealthCheckIntervalSeconds=299)


def _retention(environment: Environment) -> Any:
    group = f"/slipway/{environment.name}/web"
    return environment.client("logs").put_retention_policy(logGroupName=group, retentionInDays=1)


def _rotation(environment: Environment) -> Any:
    return environment.client("kms").disable_key_rotation(KeyId=_output(environment, "keys/data_key_arn"))


def _attribute(environment: Environment) -> Any:
    return environment.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=_output(environment, "load_balancer/load_balancer_arn"),
        Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "false"}],
    )


def _role(environment: Environment) -> Any:
    iam = environment.client("iam")
    roles = iam.get_paginator("list_roles").paginate().build_full_result()["Roles"]
    prefix = f"slipway-{environment.name}-web"
    name = next(
        role["RoleName"] for role in roles if role["RoleName"].startswith(prefix) and "exec" in role["RoleName"]
    )
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    return iam.put_role_policy(RoleName=name, PolicyName="by-hand", PolicyDocument=policy)


DRIFTS: dict[str, Drift] = {
    "ec2_security_group_rules.services": _security_group,
    "cloudwatch_alarm.database/cpu": _alarm,
    "rds_db_parameter_group.main": _parameter,
    "ecs_service.web/blue": _subnets,
    "ec2_vpc.main": _tag,
    "elbv2_target_group.web/green": _health_check,
    "logs_log_group.web/main": _retention,
    "kms_key.data": _rotation,
    "elbv2_load_balancer.main": _attribute,
    "iam_role.web/execution": _role,
}
