"""An environment that sleeps runs no task and no database, refuses changes, and serves again when it is awake."""

from __future__ import annotations

import pytest

from rehearsal import cli
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment
from tests.e2e.releases import running, until

NIGHT = "playbooks/night.yml"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def database(dev: Environment) -> str:
    (one,) = dev.client("rds").describe_db_instances(DBInstanceIdentifier="slipway-dev")["DBInstances"]
    return str(one["DBInstanceStatus"])


def silent(dev: Environment) -> set[str]:
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = dev.client("cloudwatch").describe_alarms(AlarmNamePrefix="slipway-dev-", AlarmTypes=kinds, MaxRecords=100)
    alarms = [one for kind in kinds for one in found[f"{kind}s"]]
    assert len(alarms) < 100
    return {one["AlarmName"] for one in alarms if not one["ActionsEnabled"]}


def test_it_sleeps_and_wakes_as_it_was(dev: Environment) -> None:
    counts, were_silent = running(dev), silent(dev)
    assert dev.get("/notes") == 200
    cli.order("orchestration.fire", schedule="slipway-dev-night-asleep")
    until(lambda: database(dev) == "stopped", "asleep")
    assert set(running(dev).values()) == {0}
    assert len(silent(dev)) > len(were_silent)
    for playbook, *given in (["site.yml"], ["playbooks/release.yml", "-e", "service=web", "-e", "image_tag=1.0.0"]):
        told = dev.playbook(playbook, *given, expect=2).said
        assert "the environment sleeps since" in told
        assert "-e state=awake" in told
    assert "it sleeps since" in dev.playbook("playbooks/drift.yml").said
    assert "it is awake" in dev.playbook(NIGHT, "-e", "state=awake").said
    assert (database(dev), running(dev), silent(dev)) == ("available", counts, were_silent)
    assert dev.get("/notes") == 200
    assert dev.playbook("site.yml").changed == {}
