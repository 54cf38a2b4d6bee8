"""Releases that AWS carries out, under load: ECS's own strategies, CodeDeploy, rolling; good versions and bad ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.engines import SERVICES, stand_up
from tests.e2e.environment import Environment, Outcome

#: Minutes of bake that fit every strategy of an engine.
BAKE = {"ecs": 3, "rolling": 3, "codedeploy": 5}


@pytest.fixture(scope="module")
def dev(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return stand_up(stand("dev"), tmp_path_factory.mktemp("engines"))


class Service:
    """A service of one engine, as its users and AWS see it."""

    def __init__(self, dev: Environment, engine: str) -> None:
        self.dev, self.engine, self.name = dev, engine, SERVICES[engine]
        self.full_name = f"slipway-dev-{self.name}"
        self.url = dev.url.replace("web.", f"{self.name}.")

    def load(self) -> Load:
        return Load(self.url, self.dev.variables)

    def command(self, playbook: str, tag: str, **more: Any) -> list[str]:
        given = {"service": self.name, "release_bake_minutes": BAKE[self.engine], **more}
        return [f"playbooks/{playbook}.yml", "-e", json.dumps(given | ({"image_tag": tag} if tag else {}))]

    def run(self, playbook: str, tag: str = "", expect: int = 0, **more: Any) -> Outcome:
        return self.dev.playbook(*self.command(playbook, tag, **more), expect=expect)

    @property
    def record(self) -> dict[str, str]:
        key = {"id": {"S": f"services/{self.name}"}}
        item = self.dev.client("dynamodb").get_item(TableName="slipway-dev-leases", Key=key)["Item"]
        return {name: value["S"] for name, value in item.items() if "S" in value}

    @property
    def journal(self) -> dict[str, Any]:
        key = {"id": {"S": f"release#{self.name}"}}
        found: dict[str, Any] = self.dev.client("dynamodb").get_item(TableName="slipway-dev-leases", Key=key)["Item"]
        return found

    def deployments(self) -> int:
        """Return how many deployments there ever were."""
        if self.engine == "codedeploy":
            names = {"applicationName": self.full_name, "deploymentGroupName": self.full_name}
            return len(self.dev.client("codedeploy").list_deployments(**names)["deployments"])
        target = {"cluster": "slipway-dev", "service": self.full_name}
        return len(self.dev.client("ecs").list_service_deployments(**target)["serviceDeployments"])

    def runs_alone(self, tag: str) -> None:
        """The record, the tasks, their images, the targets and the weights all are one version's."""
        record, ecs = self.record, self.dev.client("ecs")
        assert record["image_tag"] == tag
        arns = ecs.list_tasks(cluster="slipway-dev", serviceName=self.full_name)["taskArns"]
        tasks = ecs.describe_tasks(cluster="slipway-dev", tasks=arns)["tasks"]
        assert len(tasks) == 2
        assert {one["imageDigest"] for task in tasks for one in task["containers"]} == {record["digest"]}
        assert {task["taskDefinitionArn"] for task in tasks} == {record["revision"]}
        assert self.serving() == {record["stable"]}

    def serving(self) -> set[str]:
        """Return the colours of the target groups that have weight."""
        client = self.dev.client("elbv2")
        arn = self.dev.client("ssm").get_parameter(Name=f"/slipway/dev/{self.name}/https_rule_arn")["Parameter"][
            "Value"
        ]
        groups = client.describe_rules(RuleArns=[arn])["Rules"][0]["Actions"][-1]["ForwardConfig"]["TargetGroups"]
        arns = [group["TargetGroupArn"] for group in groups if group["Weight"]]
        names = client.describe_target_groups(TargetGroupArns=arns)["TargetGroups"]
        return {one["TargetGroupName"].rsplit("-", 1)[-1] for one in names}


@pytest.fixture(params=SERVICES, scope="module")
def service(request: pytest.FixtureRequest, dev: Environment) -> Service:
    return Service(dev, request.param)


#: Engine, strategy, and what comes of a version: pairwise, so that each strategy meets a good and a bad one.
RELEASES = [
    ("ecs", "canary", "1.1.0", ""),
    ("ecs", "linear", "1.2.0-slow", r"slow"),
    ("ecs", "blue_green", "1.2.0-crash-start", "circuit breaker"),
    ("rolling", "rolling", "1.1.0", ""),
    ("rolling", "rolling", "1.2.0-unhealthy", "unhealthy"),
    ("codedeploy", "canary", "1.1.0", ""),
    ("codedeploy", "blue_green", "1.2.0-errors", "errors"),
]


@pytest.mark.parametrize(("engine", "strategy", "tag", "reason"), RELEASES)
def test_a_release(engine: str, strategy: str, tag: str, reason: str, dev: Environment) -> None:
    service = Service(dev, engine)
    before = service.record["image_tag"]
    with service.load() as load:
        told = service.run("release", tag, 2 if reason else 0, release_strategy=strategy).output
    if reason:
        assert reason in told
    else:
        assert load.failures == []
    assert load.read > 100
    service.runs_alone(before if reason else tag)
