"""Experiments disturb what really answers, and end by themselves, by an alarm, or when they are stopped."""

import itertools
import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.edge.cloud import REGION, Balancer, Cloud, Network, Target, forward

ACCOUNT = "123456789012"
SUBNET = f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/"
CUT = {"Effect": "Allow", "Action": "ec2:ReplaceNetworkAclAssociation", "Resource": f"{SUBNET}*"}
FIND = {"Effect": "Allow", "Action": "tag:GetResources", "Resource": "*"}
LOOK = {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}
NUMBERS = itertools.count(1)


class Stage:
    """A load balancer with a target in the first of two subnets, and experiments on that subnet."""

    def __init__(self, cloud):
        self.fis, self.iam, self.watch = map(cloud.client, ("fis", "iam", "cloudwatch"))
        self.network = Network(cloud)
        self.target = Target(self.network, "one")
        self.balancer = Balancer(self.network, "injected")
        self.group = self.balancer.group("injected")
        self.balancer.listener(80, forward((self.group, 1)))
        targets = [{"Id": self.target.id, "Port": self.target.port}]
        self.balancer.elb.register_targets(TargetGroupArn=self.group, Targets=targets)

    def role(self, *statements, service="fis.amazonaws.com"):
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        name = f"fis-{next(NUMBERS)}"
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
        return made["Role"]["Arn"]

    def template(self, duration="PT1M", role="", stop=None, **target):
        wanted = {
            "resourceType": "aws:ec2:subnet",
            "resourceArns": [SUBNET + self.network.subnets[0]],
            "selectionMode": "ALL",
            **target,
        }
        cut = {"actionId": "aws:network:disrupt-connectivity", "targets": {"Subnets": "subnet"}}
        return self.fis.create_experiment_template(
            description="x",
            stopConditions=[stop or {"source": "none"}],
            targets={"subnet": {name: value for name, value in wanted.items() if value}},
            actions={"cut": {**cut, "parameters": {"duration": duration, "scope": "all"}}},
            roleArn=role or self.role(FIND, LOOK, CUT),
        )["experimentTemplate"]["id"]

    def start(self, template, **more):
        return self.fis.start_experiment(experimentTemplateId=template, **more)["experiment"]["id"]

    def until(self, number, *wanted, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.fis.get_experiment(id=number)["experiment"]
            if found["state"]["status"] in wanted:
                return found
            time.sleep(0.05)
        raise AssertionError(f"not {wanted} after {seconds} s: {found}")

    def await_health(self, state):
        self.balancer.await_health(self.group, state, seconds=15)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"), movers=("edge", "metrics", "injection"))
    one = Stage(cloud)
    yield one
    one.target.stop()
    cloud.stop()


def test_a_subnet_is_cut_off_for_as_long_as_the_experiment_says(stage):
    stage.await_health("healthy")
    number = stage.start(stage.template("PT3M"))
    stage.until(number, "running")
    stage.await_health("unhealthy")
    ended = stage.until(number, "completed")
    assert 180 <= (ended["endTime"] - ended["startTime"]).total_seconds() < 300
    assert ended["actions"]["cut"]["state"]["status"] == "completed"
    stage.await_health("healthy")


def test_an_alarm_that_rings_ends_an_experiment_and_puts_right_what_it_disturbed(stage):
    name = f"stops-{next(NUMBERS)}"  # moto keeps the alarms of every cloud in this process
    stage.watch.put_metric_alarm(
        AlarmName=name,
        Namespace="x",
        MetricName="y",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    stop = {"source": "aws:cloudwatch:alarm", "value": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"}
    number = stage.start(stage.template("PT12H", stop=stop))
    stage.until(number, "running")
    stage.await_health("unhealthy")
    stage.watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="x")
    ended = stage.until(number, "stopped")
    assert ended["state"]["reason"] == f"Experiment halted by stop condition: {name}"
    stage.await_health("healthy")


def test_an_experiment_is_stopped_once(stage):
    number = stage.start(stage.template("PT12H"))
    stage.until(number, "running")
    assert stage.fis.stop_experiment(id=number)["experiment"]["state"]["status"] == "stopped"
    stage.await_health("healthy")
    with pytest.raises(ClientError, match="ConflictException"):
        stage.fis.stop_experiment(id=number)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (lambda stage: {"role": stage.role(FIND, LOOK)}, "authorized to perform ec2:ReplaceNetworkAclAssociation"),
        (lambda stage: {"role": stage.role(LOOK, CUT)}, "is not authorized to perform tag:GetResources on *"),
        (lambda stage: {"role": stage.role(FIND, CUT)}, "is not authorized to perform ec2:Describe"),
        (lambda stage: {"role": stage.role(CUT, service="ecs-tasks.amazonaws.com")}, "must trust fis.amazonaws.com"),
        (lambda _: {"resourceArns": [f"{SUBNET}subnet-none"]}, "empty set"),
        (lambda _: {"resourceArns": [], "resourceTags": {"tier": "none"}}, "empty set"),
    ],
    ids=["no permission", "no right to find it", "no right to look", "no trust", "no such resource", "no such tag"],
)
def test_what_cannot_be_begun_fails_and_disturbs_nothing(stage, more, told):
    ended = stage.until(stage.start(stage.template(**more(stage))), "failed")
    assert told in ended["state"]["reason"]
    stage.await_health("healthy")


def test_a_call_that_is_made_again_starts_nothing_more(stage):
    template = stage.template()
    first, second = (stage.start(template, clientToken="t") for _ in range(2))
    assert first == second
    assert [one["id"] for one in stage.fis.list_experiments(experimentTemplateId=template)["experiments"]] == [first]
    stage.until(first, "completed")


def test_a_duration_is_needed_where_something_lasts(stage):
    with pytest.raises(ClientError, match="PT1M to PT12H"):
        stage.template("PT5S")
