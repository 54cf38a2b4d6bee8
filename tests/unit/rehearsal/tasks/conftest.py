"""A local cloud in this process, with network, role, registry and log group, in which a minute takes half a second."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.control.overlay import HOOKS, Call
from rehearsal.tasks.mover import TaskMover
from rehearsal.world import World
from tests.unit.rehearsal.served import served

REGION = "us-east-1"
SCALE = 120.0
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
EXECUTION = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Effect": "Allow", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"},
    ],
}
_NUMBERS = itertools.count(1)


class Edge:
    """Stands in for the load balancer: says of each target what the test says."""

    name = "edge"

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.default = "healthy"

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def changed(self, service: str, operation: str) -> None: ...

    def status(self) -> list[dict[str, Any]]:
        return []

    def describe(self, call: Call) -> dict[str, Any]:
        """Answer DescribeTargetHealth."""
        targets = call.params.get("Targets", [])
        states = [{"State": self.states.get(one["Id"], self.default)} for one in targets]
        pairs = zip(targets, states, strict=True)
        return {"TargetHealthDescriptions": [{"Target": target, "TargetHealth": state} for target, state in pairs]}


class Cloud:
    """The cloud and what every test needs in it.

    Args:
        world: the local cloud.
    """

    #: Sets names apart: all clouds of a process share one API state.
    prefix = "shop"

    def __init__(self, world: World) -> None:
        self.world = world
        self.mover = TaskMover(world)
        self.edge = Edge()
        world.movers.update({"tasks": self.mover, "edge": self.edge})

    def __getattr__(self, service: str) -> Any:
        return self.world.boto(service, REGION)

    def build(self) -> None:
        """Make a VPC with open and closed subnets, a role, a repository, a log group and a balanced target group."""
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.closed = self.subnet("10.0.1.0/24", "us-east-1a")
        self.open = self.subnet("10.0.2.0/24", "us-east-1a")
        self.other = self.subnet("10.0.3.0/24", "us-east-1b")
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for subnet in (self.open, self.other):
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        self.group = self.ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=self.vpc)["GroupId"]
        self.role = self.new_role(f"{self.prefix}-execution", EXECUTION)
        self.ecr.create_repository(repositoryName=f"{self.prefix}/web", imageTagMutability="IMMUTABLE")
        self.uri = f"{self.world.account}.dkr.ecr.{REGION}.amazonaws.com/{self.prefix}/web"
        self.logs.create_log_group(logGroupName=f"/{self.prefix}")
        balancers = self.elbv2.create_load_balancer(
            Name=self.prefix, Subnets=[self.open, self.other], SecurityGroups=[self.group]
        )["LoadBalancers"]
        self.target_group = self.new_target_group(f"{self.prefix}-web")
        self.listener = self.elbv2.create_listener(
            LoadBalancerArn=balancers[0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}],
        )

    def subnet(self, block: str, zone: str) -> str:
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=block, AvailabilityZone=zone)
        return str(made["Subnet"]["SubnetId"])

    def new_target_group(self, name: str, kind: str = "ip") -> str:
        made = self.elbv2.create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType=kind, HealthCheckPath="/healthz"
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
        self.elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
        return arn

    def new_role(self, name: str, policy: dict[str, Any] | None = None, trust: dict[str, Any] = TRUST) -> str:
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        if policy:
            self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        return str(made["Role"]["Arn"])

    def push(self, image: str) -> str:
        return self.mover.order_push(image, f"{self.prefix}/web", REGION)

    def network(self, *, subnets: list[str] | None = None, public: bool = True) -> dict[str, Any]:
        return {
            "awsvpcConfiguration": {
                "subnets": subnets or [self.open],
                "securityGroups": [self.group],
                "assignPublicIp": "ENABLED" if public else "DISABLED",
            }
        }

    def container(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "web",
            "image": f"{self.uri}:1.0.0",
            "portMappings": [{"containerPort": 8080}],
            "stopTimeout": 5,
            "environment": [
                {"name": "DATABASE_HOST", "value": "127.0.0.1"},
                {"name": "DATABASE_PORT", "value": "1"},
                {"name": "DATABASE_NAME", "value": "web"},
                {"name": "DATABASE_USER", "value": "web"},
                {"name": "DATABASE_PASSWORD", "value": "web"},
                {"name": "DRAIN_SECONDS", "value": "0"},
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": f"/{self.prefix}",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "web",
                },
            },
            **more,
        }

    def register(self, *containers: dict[str, Any], family: str = "", **more: Any) -> str:
        """Register a task definition and return its ARN."""
        settings = {
            "family": family or f"family-{next(_NUMBERS)}",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": self.role,
            "containerDefinitions": list(containers) or [self.container()],
            **more,
        }
        settings = {name: value for name, value in settings.items() if value is not None}
        return str(self.ecs.register_task_definition(**settings)["taskDefinition"]["taskDefinitionArn"])

    def cluster(self) -> str:
        name = f"cluster-{next(_NUMBERS)}"
        self.ecs.create_cluster(clusterName=name)
        return name

    def run(self, definition: str, **more: Any) -> dict[str, Any]:
        """Run a task to its end."""
        cluster = self.cluster()
        settings = {"launchType": "FARGATE", "networkConfiguration": self.network(), **more}
        task = self.ecs.run_task(cluster=cluster, taskDefinition=definition, **settings)["tasks"][0]
        return self.until_task(cluster, str(task["taskArn"]), "STOPPED")

    def until_task(self, cluster: str, arn: str, status: str) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            task: dict[str, Any] = self.ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
            return task if task["lastStatus"] == status else None

        task: dict[str, Any] = wait(reached, f"task {arn} did not become {status}")
        return task

    def service(self, cluster: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster=cluster, services=[name])["services"][0]
        return found

    def until_service(self, cluster: str, name: str, test: Callable[[dict[str, Any]], Any], seconds: float = 20) -> Any:
        def reached() -> Any:
            service = self.service(cluster, name)
            return service if test(service) else None

        try:
            return wait(reached, f"service {name} did not get there", seconds)
        except AssertionError as error:
            messages = [event["message"] for event in self.service(cluster, name)["events"]]
            raise AssertionError("\n".join([str(error), *messages])) from None

    def create_service(self, cluster: str, definition: str, name: str = "web", **more: Any) -> dict[str, Any]:
        settings = {
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": self.network(subnets=[self.open, self.other]),
            "loadBalancers": [
                {"targetGroupArn": self.target_group, "containerName": "web", "containerPort": 8080},
            ],
            **more,
        }
        settings = {key: value for key, value in settings.items() if value is not None}
        made = self.ecs.create_service(cluster=cluster, serviceName=name, taskDefinition=definition, **settings)
        found: dict[str, Any] = made["service"]
        return found

    def end_services(self) -> None:
        """Delete all services; one may be draining still, or may have been until just now."""
        gone = self.ecs.exceptions
        for cluster in self.ecs.list_clusters()["clusterArns"]:
            for arn in self.ecs.list_services(cluster=cluster)["serviceArns"]:
                with contextlib.suppress(gone.ServiceNotActiveException, gone.ServiceNotFoundException):
                    self.ecs.delete_service(cluster=cluster, service=arn, force=True)

    def addresses(self) -> list[str]:
        """Return the private addresses registered with the target group."""
        return list(self.world.backend("elbv2", REGION).target_groups[self.target_group].targets)

    def ask(self, private_ip: str, path: str) -> str:
        """Return what a task answers."""
        address = self.world.address(f"{self.vpc}/{private_ip}")
        with urllib.request.urlopen(f"http://{address}:8080{path}", timeout=5) as answer:
            return str(answer.read().decode())


def wait(test: Callable[[], Any], complaint: str, seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := test()):
        assert time.monotonic() < deadline, complaint
        time.sleep(0.05)
    return result


@pytest.fixture(scope="package")
def whole_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Return a cloud with the images 1.0.0 and 1.1.0 pushed."""
    packages = ("control", "tasks", "deployments", "codedeploy")
    with (
        served(tmp_path_factory.mktemp("world"), SCALE, packages) as world,
        pytest.MonkeyPatch.context() as patch,
    ):
        cloud = Cloud(world)
        patch.setitem(HOOKS.operations, ("elbv2", "DescribeTargetHealth"), cloud.edge.describe)
        cloud.mover.start()
        cloud.build()
        for tag in ("1.0.0", "1.1.0"):
            cloud.push(f"web:{tag}")
        yield cloud
        cloud.mover.stop()


@pytest.fixture
def cloud(whole_cloud: Cloud) -> Iterator[Cloud]:
    """Return the cloud; what a test left running ends with it."""
    yield whole_cloud
    whole_cloud.edge.states.clear()
    whole_cloud.edge.default = "healthy"
    whole_cloud.end_services()
    for cluster in whole_cloud.ecs.list_clusters()["clusterArns"]:
        for arn in whole_cloud.ecs.list_tasks(cluster=cluster)["taskArns"]:
            whole_cloud.ecs.stop_task(cluster=cluster, task=arn)
