"""A shop behind a real load balancer: services whose tasks are processes, and clients that count what they get."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import requests

from rehearsal.codedeploy import create as create_codedeploy
from rehearsal.control.overlay import HOOKS
from rehearsal.deployments import create as create_deployments
from rehearsal.edge import create as create_edge
from rehearsal.edge.hooks_elbv2 import describe_target_health
from rehearsal.world import Mover, World
from tests.unit.rehearsal.served import served
from tests.unit.rehearsal.tasks.conftest import Cloud, wait

PACKAGES = ("control", "metrics", "tasks", "edge", "deployments", "codedeploy")
Create = Callable[[World], Mover]
NUMBERS = itertools.count(1)
PORTS = itertools.count(8100)
SERVICES = ["ecs.amazonaws.com", "codedeploy.amazonaws.com"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICES}, "Action": "sts:AssumeRole"}],
}
SHIFT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"}],
}
CLIENTS = 3
#: A deployment configuration in which nothing is left of an earlier one.
PLAIN: dict[str, Any] = {
    "strategy": "BLUE_GREEN",
    "bakeTimeInMinutes": 0,
    "lifecycleHooks": [],
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "alarms": {"enable": False, "rollback": False, "alarmNames": []},
}


class Shop(Cloud):
    """The cloud with its real load balancer."""

    prefix = "moving"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.movers["edge"] = create_edge(world)
        world.movers["edge"].start()
        for create in (create_deployments, create_codedeploy):
            mover = create(world)
            world.movers[mover.name] = mover
            mover.start()

    def build(self) -> None:
        """Open the load balancer and the tasks to requests, and make the role by which ECS shifts traffic."""
        super().build()
        permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])
        self.shifting = self.new_role(f"{self.prefix}-shifting", SHIFT, TRUST)
        shown = self.elbv2.describe_load_balancers(Names=[self.prefix])["LoadBalancers"][0]
        self.balancer, self.dns = str(shown["LoadBalancerArn"]), str(shown["DNSName"])
        self.cluster_name = self.cluster()
        self.tags = {tag: self._register(tag) for tag in ("1.0.0", "1.1.0", "1.2.0-unhealthy")}

    def _register(self, tag: str) -> str:
        self.push(f"web:{tag}")
        return self.register(self.container(image=f"{self.uri}:{tag}"), family=self.prefix)

    def new_target_group(self, name: str, kind: str = "ip") -> str:
        arn = super().new_target_group(name, kind)
        self.elbv2.modify_target_group(
            TargetGroupArn=arn, HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2
        )
        return arn


@contextmanager
def opened(directory: Path, scale: float, prefix: str, more: Mapping[str, Create]) -> Iterator[Shop]:
    """Open a shop with versions of an image pushed.

    Args:
        directory: a new one.
        scale: how many times as fast as time it is.
        prefix: of the names of what it has.
        more: the parts of the cloud that a shop does not start, by package, each with what makes its mover.
    """
    packages = (*PACKAGES, *more)
    with served(directory, scale, packages) as world, pytest.MonkeyPatch.context() as patch:
        # Others stand in for it.
        patch.setitem(HOOKS.operations, ("elbv2", "DescribeTargetHealth"), describe_target_health)
        one = Shop(world)
        one.prefix = prefix
        one.mover.start()
        one.build()
        for create in more.values():
            mover = create(world)
            world.movers[mover.name] = mover
            mover.start()
        yield one
        for mover in reversed(world.movers.values()):
            mover.stop()


class Site:
    """Two target groups behind two listeners of the shop, for production and for tests, and one service.

    Args:
        shop: the cloud.
    """

    def __init__(self, shop: Shop) -> None:
        self.shop, self.name = shop, f"site-{next(NUMBERS)}"
        self.blue, self.green = (shop.new_target_group(f"{self.name}-{colour}") for colour in ("blue", "green"))
        self.port = next(PORTS)
        self.listener, self.production = self._listen(self.port)
        self.test_port = next(PORTS)
        self.test_listener, self.test = self._listen(self.test_port)

    def _listen(self, port: int) -> tuple[str, str]:
        """Return a listener that answers 404 but for one rule that forwards to blue."""
        fixed = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "nobody"}
        made = self.shop.elbv2.create_listener(
            LoadBalancerArn=self.shop.balancer,
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
        )
        listener = str(made["Listeners"][0]["ListenerArn"])
        pairs = [{"TargetGroupArn": self.blue, "Weight": 999}, {"TargetGroupArn": self.green, "Weight": 0}]
        rule = self.shop.elbv2.create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["*"]}],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": pairs}}],
        )
        return listener, str(rule["Rules"][0]["RuleArn"])

    def balancers(self, **advanced: str) -> list[dict[str, Any]]:
        entry: dict[str, Any] = {"targetGroupArn": self.blue, "containerName": "web", "containerPort": 8080}
        return [{**entry, "advancedConfiguration": advanced}] if advanced else [entry]

    def advanced(self) -> dict[str, str]:
        """Return what ECS needs to shift traffic itself."""
        return {
            "alternateTargetGroupArn": self.green,
            "productionListenerRule": self.production,
            "testListenerRule": self.test,
            "roleArn": self.shop.shifting,
        }

    def create(self, count: int = 1, **configuration: Any) -> None:
        """Create the service with a strategy of ECS's own, and wait until it runs."""
        self.shop.create_service(
            self.shop.cluster_name,
            self.shop.tags["1.0.0"],
            self.name,
            desiredCount=count,
            loadBalancers=self.balancers(**self.advanced()),
            deploymentConfiguration={**PLAIN, **configuration},
        )
        self.until("SUCCESSFUL")

    def create_group(self, count: int = 1, **changes: Any) -> None:
        """Create the service for CodeDeploy, with application and deployment group, and wait until it runs."""
        controller = {
            "deploymentController": {"type": "CODE_DEPLOY"},
            "desiredCount": count,
            "loadBalancers": self.balancers(),
        }
        self.shop.create_service(self.shop.cluster_name, self.shop.tags["1.0.0"], self.name, **controller)
        self.shop.until_service(self.shop.cluster_name, self.name, lambda shown: shown["runningCount"] == count)
        self.shop.codedeploy.create_application(applicationName=self.name, computePlatform="ECS")
        self.shop.codedeploy.create_deployment_group(**{**self.group_settings(), **changes})
        self.until_healthy(count)

    def change_group(self, **changes: Any) -> None:
        self.shop.codedeploy.update_deployment_group(
            applicationName=self.name, currentDeploymentGroupName="main", **changes
        )

    def until_healthy(self, count: int) -> None:
        def healthy() -> bool:
            shown = self.shop.elbv2.describe_target_health(TargetGroupArn=self.blue)["TargetHealthDescriptions"]
            states = [str(one["TargetHealth"]["State"]) for one in shown]
            return states.count("healthy") == count

        wait(healthy, "not healthy")

    def group_settings(self) -> dict[str, Any]:
        """Return the parameters of a deployment group with routes for production and for tests."""
        pair = {
            "targetGroups": [{"name": f"{self.name}-blue"}, {"name": f"{self.name}-green"}],
            "prodTrafficRoute": {"listenerArns": [self.listener]},
            "testTrafficRoute": {"listenerArns": [self.test_listener]},
        }
        return {
            "applicationName": self.name,
            "deploymentGroupName": "main",
            "serviceRoleArn": self.shop.shifting,
            "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
            "ecsServices": [{"clusterName": self.shop.cluster_name, "serviceName": self.name}],
            "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
            "blueGreenDeploymentConfiguration": blue_green(),
        }

    def appspec(self, tag: str) -> dict[str, Any]:
        """Return an AppSpec for a version."""
        balancer = {"ContainerName": "web", "ContainerPort": 8080}
        properties = {"TaskDefinition": self.shop.tags[tag], "LoadBalancerInfo": balancer}
        return {
            "version": 0.0,
            "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}],
        }

    def deploy(self, tag: str, **more: Any) -> str:
        """Create a deployment of CodeDeploy and return its id."""
        content = json.dumps(self.appspec(tag))
        made = self.shop.codedeploy.create_deployment(
            applicationName=self.name,
            deploymentGroupName="main",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
            **more,
        )
        return str(made["deploymentId"])

    def deployed(self, deployment_id: str, status: str, seconds: float = 20) -> dict[str, Any]:
        """Wait until a deployment of CodeDeploy has a status."""

        def reached() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.shop.codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
            return shown if shown["status"] == status else None

        try:
            found: dict[str, Any] = wait(reached, f"not {status}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.target(deployment_id)}, {self.service()['events']}") from None
        return found

    def target(self, deployment_id: str) -> dict[str, Any]:
        """Return the target of a deployment of CodeDeploy."""
        (target_id,) = self.shop.codedeploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
        shown = self.shop.codedeploy.get_deployment_target(deploymentId=deployment_id, targetId=target_id)
        found: dict[str, Any] = shown["deploymentTarget"]["ecsTarget"]
        return found

    def update(self, tag: str, **configuration: Any) -> str:
        """Begin a deployment and return its ARN."""
        self.shop.ecs.update_service(
            cluster=self.shop.cluster_name,
            service=self.name,
            taskDefinition=self.shop.tags[tag],
            deploymentConfiguration={**PLAIN, **configuration},
        )
        return str(self.newest()["serviceDeploymentArn"])

    def newest(self) -> dict[str, Any]:
        """Return the newest service deployment."""
        listed = self.shop.ecs.list_service_deployments(cluster=self.shop.cluster_name, service=self.name)
        return self.shown(listed["serviceDeployments"][0]["serviceDeploymentArn"])

    def shown(self, arn: str) -> dict[str, Any]:
        found = self.shop.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
        return dict(found[0])

    def until(self, status: str = "", stage: str = "", seconds: float = 20) -> dict[str, Any]:
        """Wait until the newest deployment has a status or is in a stage."""

        def reached() -> dict[str, Any] | None:
            shown = self.newest()
            return shown if shown["status"] == status or (stage and shown.get("lifecycleStage") == stage) else None

        try:
            found: dict[str, Any] = wait(reached, f"no {status or stage}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.newest()}, {self.service()['events']}") from None
        return found

    def service(self) -> dict[str, Any]:
        return self.shop.service(self.shop.cluster_name, self.name)

    def weights(self, rule: str = "") -> dict[str, int]:
        """Return the weights of the production rule by colour."""
        shown = self.shop.elbv2.describe_rules(RuleArns=[rule or self.production])["Rules"][0]
        groups = shown["Actions"][0]["ForwardConfig"]["TargetGroups"]
        names = {self.blue: "blue", self.green: "green"}
        return {names[group["TargetGroupArn"]]: group["Weight"] for group in groups}

    def get(self, port: int) -> str:
        """Return the version that answers at a port."""
        return _version(self._session().get(self._url(port), timeout=10))

    def _url(self, port: int) -> str:
        return f"http://{self.shop.dns}:{port}/version"

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"http": self.shop.world.store["edge.proxy"]}
        return session

    def load(self) -> Load:
        return Load(self._session, self._url(self.port))


def blue_green(action: str = "CONTINUE_DEPLOYMENT", ready: int = 0, termination: int = 0) -> dict[str, Any]:
    """Return a blue/green configuration; waits in minutes."""
    return {
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": termination,
        },
        "deploymentReadyOption": {"actionOnTimeout": action, **({"waitTimeInMinutes": ready} if ready else {})},
    }


def _version(answer: requests.Response) -> str:
    answer.raise_for_status()
    return str(answer.json()["version"])


class Load:
    """Clients that ask for the version until the block ends."""

    def __init__(self, session: Any, url: str) -> None:
        self._session, self._url = session, url
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(CLIENTS)]
        self.answers: list[str] = []
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        wait(lambda: self.answers or self.failures, "no client asked")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        session = self._session()
        while not self._ending.is_set():
            try:
                self.answers.append(_version(session.get(self._url, timeout=10)))
            except requests.RequestException as error:
                self.failures.append(str(error))
            time.sleep(0.02)

    @property
    def versions(self) -> Counter[str]:
        """Number of answers by version."""
        return Counter(self.answers)

    def share(self, version: str, requests_: int = 200) -> float:
        """Return the share of a version in the next requests."""
        begun = len(self.answers)
        wait(lambda: len(self.answers) >= begun + requests_, "too few requests", 60)
        return Counter(self.answers[begun : begun + requests_])[version] / requests_
