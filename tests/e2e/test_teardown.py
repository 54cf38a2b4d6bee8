"""Teardown removes what the environment made and nothing else; what is protected stays until somebody says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.conftest import Stand
from tests.e2e.controller import Controller
from tests.e2e.environment import KEPT, UNPROTECTED, Environment, quiet, writes

#: What holds data that nobody said could go; a run says so of each.
HOLDS_DATA = {"ecr_repository.web": "ecr:", "s3_bucket.server": "s3:", "dynamodb_table.leases": "dynamodb:"}


def not_ended(environment: Environment) -> list[str]:
    """Return what is shown after its end and has not ended."""
    mine = {"Key": "environment", "Value": environment.name}
    gateways = [g for g in environment.client("ec2").describe_nat_gateways()["NatGateways"] if mine in g["Tags"]]
    clusters = environment.client("ecs").describe_clusters(clusters=[f"slipway-{environment.name}"])["clusters"]
    shown = [*((g["NatGatewayId"], g["State"]) for g in gateways), *((c["clusterName"], c["status"]) for c in clusters)]
    return [name for name, state in shown if state not in {"deleted", "INACTIVE"}]


def test_it_asks_for_the_name(unlike: Environment) -> None:
    quiet()
    before = writes()
    refused = unlike.playbook("playbooks/teardown.yml", expect=2)
    assert f"give -e confirm={unlike.name}" in refused.said
    unlike.playbook("playbooks/teardown.yml", "-e", "confirm=another", expect=2)
    quiet()
    assert writes() == before


def test_what_is_protected_stays(stand: Stand) -> None:
    prod = stand("prod")
    quiet()
    before = writes()
    refused = prod.playbook("playbooks/teardown.yml", "-e", "confirm=prod", expect=2)
    assert "database_deletion_protection" in refused.said
    quiet()
    assert writes() == before


def test_keys_stay_for_what_could_not_be_removed(unlike: Environment) -> None:
    alias = f"alias/slipway-{unlike.name}-data"
    cli.order("fault", kind="error", service="backup", operation="ListBackupPlans", code="AccessDeniedException")
    try:
        arguments = ("-e", f"confirm={unlike.name}", "-e", UNPROTECTED)
        stopped = unlike.playbook("playbooks/teardown.yml", *arguments, expect=2)
    finally:
        cli.order("clear")
    assert "backup could not be removed, so keys, zone and leases stay" in stopped.said
    assert unlike.client("kms").describe_key(KeyId=alias)["KeyMetadata"]["KeyState"] == "Enabled"


@pytest.fixture
def bystanders(unlike: Environment) -> Iterator[None]:
    """Somebody else's things with names like ours; they must be there afterwards."""
    logs, ssm, sns = (unlike.client(name) for name in ("logs", "ssm", "sns"))
    name = f"slipway-{unlike.name}-somebody-elses"
    logs.create_log_group(logGroupName=name)
    ssm.put_parameter(Name=f"/somebody/{name}", Value="x", Type="String")
    topic = sns.create_topic(Name=name)["TopicArn"]
    yield
    assert logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert ssm.get_parameter(Name=f"/somebody/{name}")["Parameter"]["Value"] == "x"
    assert sns.get_topic_attributes(TopicArn=topic)


@pytest.mark.usefixtures("bystanders")
def test_it_removes_all_and_nothing_else(unlike: Environment, stand: Stand) -> None:
    others = {name: one.inventory() for name, one in stand.made.items() if one is not unlike}
    teardown = ("playbooks/teardown.yml", "-e", f"confirm={unlike.name}", "-e", UNPROTECTED)
    told = unlike.playbook(*teardown).output
    held = tuple(kind for resource, kind in HOLDS_DATA.items() if f"kept: {resource}" in told)
    assert bool(held) == (unlike.name == "prod")
    assert {kind for kind in unlike.inventory() if not kind.startswith(held)} <= KEPT
    assert not_ended(unlike) == []
    assert {name: stand.made[name].inventory() for name in others} == others
    assert unlike.playbook(*teardown).changed == {}


def test_it_stands_up_again_at_once(stand: Stand) -> None:
    dev = stand("dev")
    dev.stand_up()
    assert dev.playbook("site.yml").changed == {}


def test_awx_removes_it_too(stand: Stand, tmp_path: Path) -> None:
    dev = stand("dev")
    controller = Controller(tmp_path, dev.variables)
    controller.sync()
    assert controller.job("playbooks/teardown.yml", {"confirm": ""}).code == 2
    job = controller.job("playbooks/teardown.yml", {"confirm": "dev", "slipway_takeover": "false"})
    assert job.code == 0, job.output[-3000:]
    assert set(dev.inventory()) <= KEPT
