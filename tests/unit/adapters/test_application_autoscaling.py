"""Scalable targets, policies and scheduled actions, in the local cloud: moto takes policies without a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.resources import scaling_resources
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import scaling_targets
from tests.unit.adapters.converging import Converge, Run

Client = Callable[[str], Any]
CLUSTER, SERVICE = "scaling-test", "web"
WHERE = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
TARGET = "application_autoscaling_scalable_target.web"
POLICY = "application_autoscaling_policy.cpu"
ACTION = "application_autoscaling_scheduled_action.night"
AWAKE = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
TRACKING: dict[str, Any] = {
    "TargetValue": 70,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    "ScaleOutCooldown": 60,
}
STEPS: dict[str, Any] = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3},
    ],
    "Cooldown": 60,
}


def entry(kind: str, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": f"application_autoscaling_{kind}",
        "name": name,
        "properties": {**WHERE, **properties},
        "depends_on": [] if kind == "scalable_target" else [TARGET],
    }


def target(**more: Any) -> dict[str, Any]:
    return entry("scalable_target", "web", **{"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": AWAKE, **more})


def tracking(**more: Any) -> dict[str, Any]:
    body = {**TRACKING, **more}
    kind = {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": body}
    return entry("policy", "cpu", PolicyName="cpu", **kind)


def stepping() -> dict[str, Any]:
    kind = {"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": STEPS}
    return entry("policy", "steps", PolicyName="steps", **kind)


def action(**more: Any) -> dict[str, Any]:
    body = {"Schedule": "cron(0 22 * * ? *)", "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2}}
    return entry("scheduled_action", "night", ScheduledActionName="night", **{**body, **more})


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def service(client: Client, converge: Converge) -> Any:
    """Make the ECS service that is scaled, and leave no target behind."""
    ecs = client("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "web", "image": "web", "essential": True}
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    ecs.register_task_definition(family=SERVICE, containerDefinitions=[container], **size)
    there = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    if not [item for item in there if item["status"] == "ACTIVE"]:
        ec2 = client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet]}}
        ecs.create_service(
            cluster=CLUSTER,
            serviceName=SERVICE,
            taskDefinition=SERVICE,
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration=network,
        )
    yield
    converge([target()], absent=True)


def test_lives(converge: Converge) -> None:
    converge.lives([target(), tracking(), stepping(), action(), action_with_bounds()])


def action_with_bounds() -> dict[str, Any]:
    bounds = {"StartTime": "2030-01-01T00:00:00+01:00", "EndTime": "2031-01-01T00:00:00"}
    declared = action(Timezone="Europe/Berlin", **bounds)
    return {**declared, "name": "bounded", "properties": {**declared["properties"], "ScheduledActionName": "bounded"}}


@pytest.mark.parametrize(
    ("drift", "changed"),
    [
        ({"MinCapacity": 1}, {"MinCapacity"}),
        ({"MaxCapacity": 9, "MinCapacity": 3}, {"MaxCapacity", "MinCapacity"}),
        ({"SuspendedState": {**AWAKE, "DynamicScalingInSuspended": True}}, {"SuspendedState"}),
    ],
)
def test_mends_a_target(converge: Converge, client: Client, drift: dict[str, Any], changed: set[str]) -> None:
    scaling = client("application-autoscaling")
    converge.mends([target()], lambda _: scaling.register_scalable_target(**WHERE, **drift), {TARGET: changed})


def test_mends_the_tags_of_a_target(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        arn = run.state(TARGET)["ScalableTargetARN"]
        client("application-autoscaling").tag_resource(ResourceARN=arn, Tags={"foreign": "x"})
        client("application-autoscaling").untag_resource(ResourceARN=arn, TagKeys=["project"])

    converge.mends([target()], drift, {TARGET: {"Tags"}})


def test_limits_that_are_given_at_first_are_left_to_the_release(converge: Converge, client: Client) -> None:
    declared = {**target(), "properties": WHERE, "initial": {"MinCapacity": 2, "MaxCapacity": 8}}
    converge([declared])
    client("application-autoscaling").register_scalable_target(**WHERE, MinCapacity=0, MaxCapacity=0)
    assert converge([declared]).changed == {}


def test_scheduled_actions_that_nobody_declares_any_more_are_deleted(converge: Converge, client: Client) -> None:
    declared = [target(ScheduledActionNames=["night"]), action()]
    converge(declared)
    scaling = client("application-autoscaling")
    foreign = {"ScheduledActionName": "foreign", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 1}}
    scaling.put_scheduled_action(**WHERE, **foreign)
    assert converge([target()]).changed == {}
    assert converge(declared).changed == {TARGET: {"ScheduledActionNames"}}
    left = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=WHERE["ResourceId"])
    assert [one["ScheduledActionName"] for one in left["ScheduledActions"]] == ["night"]
    assert converge(declared).changed == {}


TRACKING_DRIFTS: list[dict[str, Any]] = [
    {"TargetValue": 50.0},
    {"ScaleOutCooldown": 30},
    {"ScaleInCooldown": 30},
    {"DisableScaleIn": True},
    {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}},
]


@pytest.mark.parametrize("drift", TRACKING_DRIFTS, ids=lambda drift: next(iter(drift)))
def test_mends_a_policy(converge: Converge, client: Client, drift: dict[str, Any]) -> None:
    def put(_run: Run) -> None:
        body = {"TargetTrackingScalingPolicyConfiguration": {**TRACKING, **drift}}
        client("application-autoscaling").put_scaling_policy(
            **WHERE, PolicyName="cpu", PolicyType="TargetTrackingScaling", **body
        )

    converge.mends([target(), tracking()], put, {POLICY: {"TargetTrackingScalingPolicyConfiguration"}})


def test_a_policy_of_another_kind_is_made_anew(converge: Converge, client: Client) -> None:
    def put(_run: Run) -> None:
        client("application-autoscaling").put_scaling_policy(
            **WHERE, PolicyName="cpu", PolicyType="StepScaling", StepScalingPolicyConfiguration=STEPS
        )

    differing = {"PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"}
    converge.mends([target(), tracking()], put, {POLICY: differing})


def test_two_policies_of_a_target_do_not_disturb_each_other(converge: Converge) -> None:
    declared = [target(), tracking(), stepping()]
    converge(declared)
    again = converge(declared)
    assert again.changed == {}
    assert again.calls["application-autoscaling.describe_scaling_policies"] == 1


ACTION_DRIFTS: list[dict[str, Any]] = [
    {"Schedule": "cron(0 23 * * ? *)"},
    {"Timezone": "Europe/Berlin"},
    {"StartTime": "2030-01-01T00:00:00Z"},
    {"EndTime": "2030-01-01T00:00:00Z"},
    {"ScalableTargetAction": {"MinCapacity": 1}},
]


@pytest.mark.parametrize("drift", ACTION_DRIFTS, ids=lambda drift: next(iter(drift)))
def test_mends_a_scheduled_action(converge: Converge, client: Client, drift: dict[str, Any]) -> None:
    def put(_run: Run) -> None:
        client("application-autoscaling").put_scheduled_action(**{**action()["properties"], **drift})

    converge.mends([target(), action()], put, {ACTION: set(drift)})


def test_what_went_with_its_target_is_made_again(converge: Converge, client: Client) -> None:
    declared = [target(), tracking(), action()]
    converge(declared)
    client("application-autoscaling").deregister_scalable_target(**WHERE)
    assert set(converge(declared).changed) == {TARGET, POLICY, ACTION}


def test_a_policy_without_a_target_is_told(converge: Converge) -> None:
    alone = {**tracking(), "depends_on": []}
    assert "ObjectNotFoundException" in converge([alone], fails=True).failures[0]


def scaled(*, held: bool = False, absent: bool = False, **intent: Any) -> list[dict[str, Any]]:
    """Return what the role autoscaling declares of a service with a serving side."""
    side = {
        "name": "main",
        "serves": True,
        "cluster": CLUSTER,
        "service": SERVICE,
        "load_balancer": "app/lb/1",
        "groups": ["targetgroup/blue/1", "targetgroup/green/2"],
        "runbooks": "docs/runbooks",
    }
    night = {"name": "night", "schedule": "cron(0 22 * * ? *)", "timezone": "Europe/Berlin", "minimum": 1, "maximum": 2}
    wanted = {"requests": 10, "out_minutes": 2, **intent}
    return scaling_resources(scaling_targets(wanted), [side], [night], held=held, absent=absent)


def test_what_the_role_declares_lives(converge: Converge) -> None:
    converge.lives(scaled())


def test_a_policy_that_is_not_needed_any_more_goes_with_its_alarm(converge: Converge) -> None:
    converge(scaled())
    gone = {"application_autoscaling_policy.main-surge", "cloudwatch_alarm.main-surge"}
    assert gone <= set(converge(scaled(out_minutes=1)).changed)
    assert converge(scaled(out_minutes=1)).changed == {}
    assert len(converge(scaled(absent=True)).changed) == 6
    assert converge(scaled(absent=True)).changed == {}


def test_while_a_release_holds_it_nothing_of_that_is_mended(converge: Converge, client: Client) -> None:
    converge(scaled())
    held = {**AWAKE, "DynamicScalingInSuspended": True}
    client("application-autoscaling").register_scalable_target(**WHERE, MaxCapacity=3, SuspendedState=held)
    client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{SERVICE}-scale-in"])
    assert converge(scaled(held=True)).changed == {}
    # Even when something else of it changes: PutMetricAlarm would switch an alarm on that is not said to be off.
    assert converge(scaled(held=True, in_minutes=7)).changed == {
        "cloudwatch_alarm.main-in": {"EvaluationPeriods", "DatapointsToAlarm"}
    }
    assert converge(scaled(in_minutes=7)).changed == {
        "application_autoscaling_scalable_target.main": {"SuspendedState"},
        "cloudwatch_alarm.main-in": {"ActionsEnabled"},
    }
