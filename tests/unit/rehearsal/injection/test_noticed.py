"""What experiments find of a service whose tasks are processes, while clients ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.evidence import Place
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.experiment import Experiment, Plan
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.rehearsal.deployments.shop import Load, Shop, Site
from tests.unit.rehearsal.tasks.conftest import REGION, wait

TAGS = {"project": "slipway", "environment": "test"}
OBJECTIVES = {"availability": 99.9, "latency": 90, "seconds": 2, "requests": 50}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "fis.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["ecs:StopTask", "ec2:ReplaceNetworkAclAssociation"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["tag:GetResources", "ec2:Describe*", "ecs:DescribeTasks"], "Resource": "*"},
        {"Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "arn:aws:ecs:*:*:container-instance/*"},
    ],
}
TASK = {
    "targets": {"it": {"resourceType": "aws:ecs:task", "resourceTags": TAGS, "selectionMode": "COUNT(1)"}},
    "actions": {"do": {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "it"}}},
}


def zone(shop: Shop, minutes: int) -> dict[str, Any]:
    """Return what cuts one of the two subnets off."""
    arn = f"arn:aws:ec2:{REGION}:{shop.world.account}:subnet/{shop.other}"
    cut = {"actionId": "aws:network:disrupt-connectivity", "targets": {"Subnets": "it"}}
    return {
        "targets": {"it": {"resourceType": "aws:ec2:subnet", "resourceArns": [arn], "selectionMode": "ALL"}},
        "actions": {"do": {**cut, "parameters": {"duration": f"PT{minutes}M", "scope": "all"}}},
    }


@pytest.fixture(scope="module")
def site(shop: Shop) -> Site:
    """Return a service with a task in each of two subnets."""
    one = Site(shop)
    shop.create_service(
        shop.cluster_name,
        shop.tags["1.0.0"],
        one.name,
        desiredCount=2,
        loadBalancers=one.balancers(),
        tags=[{"key": key, "value": value} for key, value in TAGS.items()],
        propagateTags="SERVICE",
    )
    one.until_healthy(2)
    return one


@pytest.fixture(scope="module")
def role(shop: Shop) -> str:
    return shop.new_role("disturbs", MAY, TRUST)


@pytest.fixture
def load(site: Site) -> Iterator[Load]:
    """Send requests, for some minutes before the test."""
    site.until_healthy(2)
    with site.load() as one:
        wait(lambda: len(one.answers) > 600, "too few requests", 60)
        yield one


def done(site: Site, role: str, what: dict[str, Any], *exceptions: str, stop_percent: float = 70) -> dict[str, Any]:
    fis = site.shop.fis
    template = fis.create_experiment_template(
        description="x", stopConditions=[{"source": "none"}], roleArn=role, tags={**TAGS, "Name": "it"}, **what
    )["experimentTemplate"]["id"]
    groups = tuple(arn.split(":")[-1] for arn in (site.blue, site.green))
    place = Place(site.shop.balancer.split("loadbalancer/")[1], groups, 2)
    declared = {"name": "it", "template": "it", "hypothesis": "x", "exceptions": exceptions, "alarms": []}
    plan = Plan(OBJECTIVES, before=3, settle=1, after=2, timeout=15)
    try:
        declared["stop_percent"] = stop_percent
        return Experiment(Cloud(REGION), place, plan, declared, TAGS, lambda _: None).run()
    finally:
        fis.delete_experiment_template(id=template)


def verdicts(record: dict[str, Any]) -> list[str]:
    return [one["verdict"] for one in record["findings"] if one["name"] == "availability"]


@pytest.mark.usefixtures("load")
def test_nobody_notices_a_task_that_is_stopped(site: Site, role: str) -> None:
    record = done(site, role, TASK)
    assert (record["outcome"], record["problems"]) == ("completed", [])
    assert verdicts(record) == ["held", "held", "held"]
    cluster = site.shop.cluster_name
    arns = site.shop.ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    (stopped,) = site.shop.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    assert "AWS FIS experiment" in stopped["stoppedReason"]


@pytest.mark.usefixtures("load")
def test_a_lost_zone_costs_requests_until_the_load_balancer_knows_and_no_more(site: Site, role: str) -> None:
    record = done(site, role, zone(site.shop, 4), "availability", "latency")
    assert (record["outcome"], record["problems"]) == ("completed", [])
    assert verdicts(record) == ["held", "excepted", "held"]


@pytest.mark.usefixtures("load")
def test_more_errors_than_allowed_end_it_and_everything_is_put_right(site: Site, role: str) -> None:
    record = done(site, role, zone(site.shop, 60), stop_percent=1)
    assert record["outcome"] == "stopped"
    assert "stop_percent is 1" in record["reason"]
    assert verdicts(record) == ["held", "missed", "held"]
    site.until_healthy(2)
