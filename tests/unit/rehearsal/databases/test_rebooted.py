"""Experiments restart the real server, and fail over only where there is a standby."""

import json
import time

import pytest

from rehearsal.injection.mover import InjectionMover
from tests.unit.rehearsal.control.cloud import name
from tests.unit.rehearsal.databases.conftest import Databases


class Disturbed(Databases):
    """Databases with experiments on them."""

    packages = (*Databases.packages, "rehearsal.injection")

    def __init__(self, directory):
        super().__init__(directory)
        self.injection = self.world.movers["injection"] = InjectionMover(self.world)
        self.injection.start()
        trust = {"Effect": "Allow", "Principal": {"Service": "fis.amazonaws.com"}, "Action": "sts:AssumeRole"}
        actions = ["tag:GetResources", "rds:DescribeDBInstances", "rds:RebootDBInstance"]
        reboot = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        self.role = name("fis")
        self.iam.create_role(RoleName=self.role, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        document = json.dumps({"Version": "2012-10-17", "Statement": [reboot]})
        self.iam.put_role_policy(RoleName=self.role, PolicyName="own", PolicyDocument=document)

    def stop(self):
        self.injection.stop()
        super().stop()

    def experiment(self, arn, failover):
        """Reboot an instance in an experiment and return how that ended."""
        reboot = {"actionId": "aws:rds:reboot-db-instances", "targets": {"DBInstances": "it"}}
        target = {"resourceType": "aws:rds:db", "resourceArns": [arn], "selectionMode": "ALL"}
        template = self.fis.create_experiment_template(
            clientToken=name("token"),
            description="x",
            stopConditions=[{"source": "none"}],
            targets={"it": target},
            actions={"reboot": {**reboot, "parameters": {"forceFailover": failover}}},
            roleArn=f"arn:aws:iam::{self.world.account}:role/{self.role}",
        )["experimentTemplate"]["id"]
        number = self.fis.start_experiment(clientToken=name("token"), experimentTemplateId=template)["experiment"]["id"]
        deadline = time.monotonic() + 30
        while (found := self.fis.get_experiment(id=number)["experiment"])["state"]["status"] not in {
            "completed",
            "failed",
        }:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Disturbed(tmp_path_factory.mktemp("disturbed"))
    yield one
    one.stop()


def test_the_server_is_another_process_afterwards(cloud):
    there = cloud.instance()
    key = (cloud.session.region_name, there["DBInstanceIdentifier"])
    before = cloud.mover.running[key].server.process.pid
    ended = cloud.experiment(there["DBInstanceArn"], "false")
    assert ended["state"]["status"] == "completed"
    assert cloud.mover.running[key].server.process.pid != before
    cloud.until(there["DBInstanceIdentifier"], "available")


def test_without_a_standby_nothing_fails_over(cloud):
    there = cloud.instance()
    ended = cloud.experiment(there["DBInstanceArn"], "true")
    assert ended["state"]["status"] == "failed"
    assert "not configured for MultiAZ" in ended["state"]["reason"]


def test_with_a_standby_it_fails_over(cloud):
    there = cloud.instance(MultiAZ=True)
    assert cloud.experiment(there["DBInstanceArn"], "true")["state"]["status"] == "completed"


def test_it_is_shown_as_rebooting_until_it_takes_connections(cloud, monkeypatch):
    number = cloud.instance()["DBInstanceIdentifier"]
    server, shown = cloud.mover.running[(cloud.session.region_name, number)].server, []
    start = server.start

    def slow_start(parameters):
        shown.append(cloud.describe(number)["DBInstanceStatus"])
        cloud.world.clock.sleep(600)
        shown.append(cloud.describe(number)["DBInstanceStatus"])
        start(parameters)

    monkeypatch.setattr(server, "start", slow_start)
    cloud.rds.reboot_db_instance(DBInstanceIdentifier=number)
    cloud.until(number, "available")
    assert shown == ["rebooting", "rebooting"]
