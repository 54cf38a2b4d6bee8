"""Releases that AWS carries out, under load: ECS's own strategies, CodeDeploy, rolling; good versions and bad ones."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import TIME_SCALE, Stand
from tests.e2e.engines import FIRST, SERVICES, TAGS, stand_up
from tests.e2e.environment import Environment, Outcome
from tests.e2e.releases import another_version, item, push, stands_on_one_side, version

#: Minutes of bake that fit every strategy of an engine.
BAKE = {"ecs": 3, "rolling": 3, "codedeploy": 5}
TASKS, FAILED = 2, 2


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

    def command(self, playbook: str, tag: str = "", **more: Any) -> list[str]:
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
        served = [one["imageDigest"] for task in tasks for one in task["containers"] if one["name"] == self.name]
        assert served == [record["digest"]] * len(tasks)
        assert {task["taskDefinitionArn"] for task in tasks} == {record["revision"]}
        assert self.serving() == {record["stable"]}

    def tasks(self) -> list[str]:
        """Return the ARNs of the service's tasks."""
        arns: list[str] = self.dev.client("ecs").list_tasks(cluster="slipway-dev", serviceName=self.full_name)[
            "taskArns"
        ]
        return arns

    def groups(self) -> list[str]:
        """Return the names of the service's target groups."""
        groups = self.dev.client("elbv2").describe_target_groups()["TargetGroups"]
        return [one["TargetGroupName"] for one in groups if one["TargetGroupName"].startswith(self.full_name)]

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


def other(service: Service) -> str:
    """Return a good version that does not run."""
    return "1.2.0" if service.record["image_tag"] == "1.1.0" else "1.1.0"


def begun(service: Service, tag: str, **more: Any) -> subprocess.Popen[str]:
    """Begin a release beside the test."""
    return service.dev.begin(*service.command("release", tag, **more))


def wait(done: Callable[[], bool], what: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.2)


def choose(dev: Environment, name: str, engine: str) -> None:
    """Declare another engine for a service."""
    path = Path(dev.inventory_path) / "host_vars" / f"{name}.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) | {"service_engine": engine}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


def asked(dev: Environment, url: str, variant: str, times: int) -> Counter[str]:
    """Return which versions answered requests that say which variant they are for."""
    trusted = ssl.create_default_context(cafile=dev.variables["SSL_CERT_FILE"])
    proxy = urllib.request.ProxyHandler({"https": dev.variables["HTTPS_PROXY"]})
    opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trusted))
    seen: Counter[str] = Counter()
    for _ in range(times):
        request = urllib.request.Request(f"{url}/version", headers={"X-Variant": variant})  # noqa: S310  our own URL
        with opener.open(request, timeout=10) as answer:
            seen[json.loads(answer.read())["version"]] += 1
    return seen


#: Engine, strategy, version, and why it goes back.
GOES_BACK = (
    "errors|slow|ringing|metrics lost|too little evidence|circuit breaker|unhealthy|healthy targets|ended by themselves"
)
RELEASES = [
    ("ecs", "canary", "1.1.0", ""),
    ("codedeploy", "canary", "1.1.0", ""),
    ("codedeploy", "blue_green", "1.2.0-crash-start", GOES_BACK),
    ("rolling", "rolling", "1.2.0-unhealthy", "circuit breaker"),
]
STRATEGIES = {"ecs": ["blue_green", "canary", "linear"], "codedeploy": ["blue_green", "canary"], "rolling": ["rolling"]}
SWEEP = [
    pytest.param(engine, strategy, tag, "" if tag == "1.2.0" else GOES_BACK, marks=pytest.mark.soak)
    for engine, strategies in STRATEGIES.items()
    for strategy in strategies
    for tag in TAGS[2:]
]


@pytest.mark.parametrize(
    ("engine", "strategy", "tag", "reason"),
    [*RELEASES, *SWEEP],
)
def test_a_good_version_gets_everything_and_a_bad_one_goes_back(
    engine: str, strategy: str, tag: str, reason: str, dev: Environment
) -> None:
    service = Service(dev, engine)
    before = service.record["image_tag"]
    more = {"release_unclear": "rollback" if reason else "promote", "retry": True}
    with service.load() as load:
        told = service.run("release", tag, 2 if reason else 0, release_strategy=strategy, **more).output
    assert load.read > 100
    if reason:
        assert re.search(f"rolled back: .*({reason})", " ".join(told.split()))
        assert len(load.failures) < load.requests / 5
    else:
        assert load.failures == []
    service.runs_alone(before if reason else tag)


@pytest.mark.parametrize("engine", [pytest.param("ecs", marks=pytest.mark.soak), "codedeploy"])
def test_a_killed_run_is_gone_on_with_and_nothing_is_deployed_twice(engine: str, dev: Environment) -> None:
    service = Service(dev, engine)
    wanted, there = other(service), service.deployments()
    with service.load() as load:
        run = begun(service, wanted)
        wait(lambda: service.deployments() > there, "no deployment begun")
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        told = service.run("release", wanted).output
    assert load.failures == []
    assert service.deployments() == there + 1
    assert "left unfinished" not in told
    service.runs_alone(wanted)


def test_when_one_of_several_goes_back_all_do_also_those_that_a_killed_run_had_released(dev: Environment) -> None:
    mail, before = Service(dev, "rolling"), version(dev)
    mails = mail.record["image_tag"]
    others = {name: {"image_tag": FIRST} for name in SERVICES.values()}
    wanted = others | {"web": {"image_tag": another_version(dev)}, "mail": {"image_tag": "1.2.0-unhealthy"}}
    short = {"release_bake_minutes": 1, "release_extend_minutes": 0, "release_unclear": "promote", "retry": True}
    command = ("playbooks/release.yml", "-e", json.dumps({"services": "web,mail", "releases": wanted, **short}))
    number = int(item(dev, "services/web")["number"]["N"])

    def web_has_ended() -> bool:
        journal = item(dev, "release#web")
        return bool(journal) and int(journal["number"]["N"]) > number and journal["status"]["S"] == "succeeded"

    push("1.1.0", "1.2.0")
    with Load(dev.url, dev.variables) as load:
        run = dev.begin(*command)
        wait(web_has_ended, "web is not released")
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        told = dev.playbook(*command, expect=2).said
    assert load.failures == []
    assert "for as long as the rest stays" in told
    assert told.index("mail going back") < told.index(f"tasks of {before} in")
    assert version(dev) == before
    stands_on_one_side(dev)
    mail.runs_alone(mails)


@pytest.mark.parametrize("engine", ["ecs", pytest.param("codedeploy", marks=pytest.mark.soak)])
def test_site_changes_nothing_of_a_deployment_and_an_abort_takes_it_back(engine: str, dev: Environment) -> None:
    service = Service(dev, engine)
    before, there = service.record["image_tag"], service.deployments()
    with service.load() as load:
        run = begun(service, other(service), release_bake_minutes=60)
        wait(lambda: service.serving() == {"blue", "green"} or len(service.tasks()) > TASKS, "no candidate")
        assert "is being changed by" in service.run("release", "1.1.0", 2).output
        assert dev.playbook("playbooks/services.yml", "--limit", service.name).changed == {}
        assert "goes on:" in service.run("release_status").output
        service.run("abort")
        assert run.wait(timeout=120) == FAILED
    assert load.failures == []
    assert service.deployments() == there + 1 + (engine == "codedeploy")  # going back is one there
    service.runs_alone(before)


@pytest.mark.soak
def test_back_to_the_version_before(dev: Environment) -> None:
    service = Service(dev, "rolling")
    service.run("release", other(service), retry=True)
    before = service.record
    with service.load() as load:
        service.run("rollback")
    assert load.failures == []
    assert service.record["revision"] != before["revision"]
    service.runs_alone(service.record["image_tag"])


@pytest.mark.parametrize(
    "hops",
    [
        pytest.param(("ecs", "weighted", "ecs"), id="there and back"),
        pytest.param(("codedeploy", "weighted", "rolling", "codedeploy"), id="all around", marks=pytest.mark.soak),
        pytest.param(("rolling", "ecs", "codedeploy", "rolling"), id="between single ones", marks=pytest.mark.soak),
    ],
)
def test_a_live_service_changes_its_engine(hops: tuple[str, ...], dev: Environment) -> None:
    service = Service(dev, hops[0])
    version = service.record["image_tag"]
    with service.load() as load:
        for engine in hops[1:]:
            choose(dev, service.name, engine)
            assert "migrate_engine.yml" in dev.playbook("playbooks/services.yml", expect=FAILED).output
            service.run("migrate_engine")
            assert service.record["engine"] == engine
    assert load.failures == []
    assert dev.playbook("playbooks/services.yml").changed == {}
    service.runs_alone(version)


@pytest.mark.soak
def test_a_migration_that_was_killed_is_repeated(dev: Environment) -> None:
    service = Service(dev, "rolling")
    choose(dev, service.name, "weighted")
    with service.load() as load:
        run = dev.begin(*service.command("migrate_engine"))
        cli.order("fault", kind="kill-after-write", writes=6, pid=run.pid, group=True)
        assert run.wait(timeout=300) == -signal.SIGKILL
        cli.order("clear")
        service.run("migrate_engine")
        choose(dev, service.name, "rolling")
        service.run("migrate_engine")
    assert load.failures == []
    service.runs_alone(service.record["image_tag"])


def test_an_experiment_beside_the_service(dev: Environment) -> None:
    service = Service(dev, "codedeploy")
    rate: dict[str, Any] = {"service_experiment_rate": 0.02, "service_experiment_difference": 0.5}
    service.run("experiment", "1.2.0-slow", operation="start", service_experiment_metric="slow", **rate)
    time.sleep(60 / TIME_SCALE)  # requests count from the next whole minute on
    with service.load() as load:
        seen = {variant: asked(dev, service.url, variant, 10) for variant in ("a", "b")}
    assert load.failures == []
    assert seen == {"a": {service.record["image_tag"]: 10}, "b": {"1.2.0-slow": 10}}
    time.sleep(2 * 60 / TIME_SCALE)  # their minute ends, and the load balancer tells of it within another
    told = service.run("experiment", operation="look").said
    assert f"a {service.record['image_tag']}: 0.00 % slow of 10" in told
    assert re.search(r"b 1.2.0-slow: (100|\d\d).\d\d % slow of 10", told)
    assert "b higher" in service.run("experiment", operation="stop").said
    assert asked(dev, service.url, "b", 5) == {service.record["image_tag"]: 5}
    assert not [name for name in service.groups() if name.endswith(("-a", "-b"))]
    assert "no experiment goes on" in service.run("experiment", operation="look", expect=FAILED).output
