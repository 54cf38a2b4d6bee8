"""Make what once a service is made, by boto3 alone with 32 threads: no read before or after, nothing compared.

    python -m bench.creation 50

Takes the platform of ``bench/fleet.py`` as it stands; prints the number of calls.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from bench.fleet import ENVIRONMENT, ON_A_BALANCER, ZONE, balancers, names

THREADS = 32
PATH = f"/slipway/{ENVIRONMENT}"
TRUST = {"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole", "Effect": "Allow"}
ALLOWED = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
#: As many tags, health check settings and attributes as the role gives.
TAGS = {f"tag-{number}": "value" for number in range(7)}
OUTPUTS = 11


class Maker:
    """Makes the resources of one service after the other; many at a time may be asked to."""

    def __init__(self) -> None:
        self.session: Any = boto3.session.Session(region_name="us-east-1")
        self.calls: Counter[str] = Counter()
        services: tuple[Any, ...] = ("logs", "iam", "elbv2", "route53", "ecs", "ssm", "dynamodb")
        config = Config(max_pool_connections=THREADS)
        self.clients = {name: self.session.client(name, config=config) for name in services}
        pages = self.session.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=PATH, Recursive=True)
        self.outputs = {item["Name"].removeprefix(f"{PATH}/"): item["Value"] for p in pages for item in p["Parameters"]}

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """Make one call."""
        self.calls[f"{service}.{operation}"] += 1
        return getattr(self.clients[service], operation)(**parameters)

    def make(self, name: str, number: int, balancer: str) -> None:
        """Make everything of one service."""
        self.access(name)
        groups = [self.target_group(f"b3-{name}-{colour}") for colour in ("blue", "green")]
        self.traffic(name, number, "" if balancer == "main" else f"{balancer}.", groups)
        definition = self.definition(name)
        for group, colour in zip(groups, ("blue", "green"), strict=True):
            self.ecs_service(f"b3-{name}-{colour}", definition, group)
        for index in range(OUTPUTS):
            self.call("ssm", "put_parameter", Name=f"/b3/{name}/{index}", Type="String", Value="x", Tags=pairs())
        item = {"id": {"S": f"b3/{name}"}}
        self.call("dynamodb", "put_item", TableName=f"slipway-{ENVIRONMENT}-leases", Item=item)

    def access(self, name: str) -> None:
        """Make the log group and the two roles."""
        self.call("logs", "create_log_group", logGroupName=f"/b3/{name}", tags=TAGS)
        self.call("logs", "put_retention_policy", logGroupName=f"/b3/{name}", retentionInDays=30)
        for kind in ("execution", "task"):
            role, trust = f"b3-{name}-{kind}", json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
            self.call("iam", "create_role", RoleName=role, AssumeRolePolicyDocument=trust, Tags=pairs())
        policy = json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]})
        self.call("iam", "put_role_policy", RoleName=f"b3-{name}-execution", PolicyName="start", PolicyDocument=policy)

    def target_group(self, name: str) -> str:
        """Make a target group with its attributes and return its ARN."""
        vpc = self.outputs["network/vpc_id"]
        wanted = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip", "HealthCheckPath": "/readyz"}
        made = self.call("elbv2", "create_target_group", Name=name, Tags=pairs(), **wanted)
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
        self.call("elbv2", "modify_target_group_attributes", TargetGroupArn=arn, Attributes=attributes)
        return arn

    def traffic(self, name: str, number: int, prefix: str, groups: list[str]) -> None:
        """Make the two rules and the alias record."""
        targets = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(groups, (999, 0), strict=True)]
        conditions = [{"Field": "host-header", "HostHeaderConfig": {"Values": [f"b3-{name}.{ZONE}"]}}]
        for listener in ("https", "test"):
            self.call(
                "elbv2",
                "create_rule",
                ListenerArn=self.outputs[f"load_balancer/{prefix}{listener}_listener_arn"],
                Priority=number,
                Conditions=conditions,
                Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": targets}}],
                Tags=pairs(),
            )
        alias = {
            "HostedZoneId": self.outputs[f"load_balancer/{prefix}hosted_zone_id"],
            "DNSName": self.outputs[f"load_balancer/{prefix}dns_name"],
            "EvaluateTargetHealth": True,
        }
        record = {"Name": f"b3-{name}.{ZONE}", "Type": "A", "AliasTarget": alias}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        zone = self.outputs["dns/zone_id"]
        self.call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=batch)

    def definition(self, name: str) -> str:
        """Register the task definition and return its ARN."""
        account = self.outputs["load_balancer/load_balancer_arn"].split(":")[4]
        role = f"arn:aws:iam::{account}:role/b3-{name}-"
        made = self.call(
            "ecs",
            "register_task_definition",
            family=f"b3-{name}",
            cpu="256",
            memory="512",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            executionRoleArn=f"{role}execution",
            taskRoleArn=f"{role}task",
            containerDefinitions=[{"name": "app", "image": "x:1", "portMappings": [{"containerPort": 8080}]}],
            tags=[{"key": key, "value": value} for key, value in TAGS.items()],
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def ecs_service(self, name: str, definition: str, group: str) -> None:
        """Make an ECS service that wants no task."""
        network = {
            "subnets": self.outputs["network/private_subnet_ids"].split(","),
            "securityGroups": [self.outputs["network/services_security_group_id"]],
        }
        self.call(
            "ecs",
            "create_service",
            cluster=self.outputs["cluster/cluster_name"],
            serviceName=name,
            taskDefinition=definition,
            desiredCount=0,
            launchType="FARGATE",
            loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}],
            networkConfiguration={"awsvpcConfiguration": network},
            tags=[{"key": key, "value": value} for key, value in TAGS.items()],
        )


def pairs() -> list[dict[str, str]]:
    """Return the tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in TAGS.items()]


def main() -> None:
    """Make as many services as asked for, say how many calls that took."""
    count = int(sys.argv[1])
    maker, spread = Maker(), balancers(count)
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = enumerate(names(count))
        list(pool.map(lambda job: maker.make(job[1], 20_000 + job[0], spread[job[0] // ON_A_BALANCER]), jobs))
    sys.stdout.write(json.dumps({"calls": sum(maker.calls.values())}))


if __name__ == "__main__":
    main()
