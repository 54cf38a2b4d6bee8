import json
import time
from types import SimpleNamespace

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Client
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import Holder, LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.release import dead_mans_switch
from tests.unit.rehearsal.control.cloud import called
from tests.unit.rehearsal.edge.cloud import REGION, Balancer, Cloud, Network, fixed, forward

ACCOUNT = "123456789012"
TABLE = "leases"
RUN = Holder(run="r1", user="u", machine="m", boot="b", pid=1, started="s", since="x")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Cloud(tmp_path_factory.mktemp("cloud"), movers=("orchestration",), scale=600.0)
    yield one
    one.stop()


def until(holds, seconds=90):
    """Wait real seconds until something holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"not after {seconds} s")


class Stage:
    """What state machines and schedules need, and calls that tests make."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.iam, self.steps, self.schedules = map(cloud.client, ("iam", "stepfunctions", "scheduler"))
        self.dynamodb, self.elb = map(cloud.client, ("dynamodb", "elbv2"))

    def role(self, name, principal, *statements):
        trust = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            self.iam.put_role_policy(RoleName=name, PolicyName="main", PolicyDocument=document)
        return made["Role"]["Arn"]

    def machine(self, name, definition, role):
        text = json.dumps(definition).replace("${cloud.current.partition}", "aws")
        made = self.steps.create_state_machine(name=name, definition=text, roleArn=role)
        return made["stateMachineArn"]

    def run(self, arn, **data):
        """Run a state machine and return how it ended."""
        execution = self.steps.start_execution(
            stateMachineArn=arn, name=f"e{time.monotonic_ns()}", input=json.dumps(data)
        )
        return self.ended(execution["executionArn"])

    def ended(self, arn):
        until(lambda: self.steps.describe_execution(executionArn=arn)["status"] != "RUNNING")
        return self.steps.describe_execution(executionArn=arn)

    def schedule(self, name, target, role, expression="rate(1 minute)", **more):
        self.schedules.create_schedule(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": target, "RoleArn": role, **more},
        )

    def executions(self, arn):
        return self.steps.list_executions(stateMachineArn=arn)["executions"]


@pytest.fixture(scope="module")
def stage(cloud):
    return Stage(cloud)


@pytest.fixture
def release(cloud, stage, monkeypatch):
    """A service whose traffic a run is shifting: its rule, its lease and its armed switch."""
    called(cloud.world, monkeypatch)
    number = time.monotonic_ns()
    balancer = Balancer(Network(cloud), f"alb-{number}")
    blue, green = (balancer.group(f"{colour}-{number}") for colour in ("b", "g"))
    path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    rule = stage.elb.create_rule(
        ListenerArn=balancer.listener(80, fixed("none")),
        Priority=1,
        Conditions=[path],
        Actions=[forward((blue, 500), (green, 500))],
    )["Rules"][0]["RuleArn"]
    store = LeaseStore(Client(REGION), TABLE, 60.0)
    fence = store.acquire("release/web", RUN, takeover=True)
    arm(stage, fence, [{"RuleArn": rule, "Actions": [forward((blue, 999), (green, 0))]}])
    return SimpleNamespace(rule=rule, store=store, fence=fence, weights=lambda: weights(stage, rule))


def arm(stage, fence, safe):
    item = {**dead_mans_switch.switch_key("web"), "fence": fence, "safe": json.dumps(safe)}
    stored = {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in item.items()}
    stage.dynamodb.put_item(TableName=TABLE, Item=stored)


def weights(stage, rule):
    config = stage.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]["ForwardConfig"]
    return [group["Weight"] for group in config["TargetGroups"]]


@pytest.fixture(scope="module")
def switch(stage):
    """The dead man's switch, not scheduled yet."""
    stage.dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    policy = dead_mans_switch.permissions(
        f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}",
        [f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener-rule/app/*"],
    )
    role = stage.role("switch", "states.amazonaws.com", *policy["Statement"])
    return stage.machine("switch", dead_mans_switch.state_machine(TABLE), role)


def item(stage, kind):
    key = {"lease": "lease#release/web", "switch": "switch#web"}[kind]
    return stage.dynamodb.get_item(TableName=TABLE, Key={"id": {"S": key}}).get("Item", {})
