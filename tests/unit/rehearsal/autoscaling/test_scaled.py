"""Services are scaled as AWS does it: policies, cool-downs, suspension, deployments, schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.autoscaling.conftest import STEPS, Scaled
from tests.unit.rehearsal.tasks.conftest import wait


def alarms_of(scaled: Scaled, policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    names = [alarm["AlarmName"] for alarm in policy["Alarms"]]
    shown = scaled.cw.describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    return {"high" if "-AlarmHigh-" in one["AlarmName"] else "low": one for one in shown}


def test_target_tracking_has_the_alarms_that_aws_makes(scaled: Scaled) -> None:
    scaled.create(1)
    predefined = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
    made = scaled.put("cpu", "TargetTracking", {"TargetValue": 70, **predefined})
    alarms = alarms_of(scaled, made)
    service, cluster = scaled.site.name, scaled.shop.cluster_name
    assert alarms["high"]["AlarmName"].startswith(f"TargetTracking-service/{cluster}/{service}-AlarmHigh-")
    assert (alarms["high"]["Threshold"], alarms["high"]["EvaluationPeriods"]) == (70, 3)
    assert (alarms["low"]["Threshold"], alarms["low"]["EvaluationPeriods"]) == (63, 15)
    assert {one["Name"]: one["Value"] for one in alarms["low"]["Dimensions"]} == {
        "ClusterName": cluster,
        "ServiceName": service,
    }
    assert alarms["low"]["MetricName"] == "CPUUtilization"
    assert alarms["high"]["AlarmActions"] == [made["PolicyARN"]]
    again = scaled.put("cpu", "TargetTracking", {"TargetValue": 50, "DisableScaleIn": True, **predefined})
    assert again["PolicyARN"] == made["PolicyARN"]
    assert {kind: one["Threshold"] for kind, one in alarms_of(scaled, again).items()} == {"high": 50}
    scaled.aas.delete_scaling_policy(**scaled.where, PolicyName="cpu")
    prefix = f"TargetTracking-service/{cluster}/{service}"
    assert scaled.cw.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"] == []


def test_target_tracking_follows_its_metric_out_and_in_and_no_request_fails(scaled: Scaled) -> None:
    scaled.create(1)
    scaled.track()
    with scaled.site.load() as load:
        scaled.fed(190, lambda: scaled.desired() >= 2)
        wait(lambda: scaled.site.service()["runningCount"] >= 2, "no task started")
        scaled.fed(40, lambda: scaled.desired() == 1, seconds=40)
        scaled.until(1)
    assert load.failures == []
    assert len(load.answers) > 100
    wait(lambda: "InProgress" not in {one["StatusCode"] for one in scaled.activities()}, "an activity goes on")
    newest, oldest = scaled.activities()[0], scaled.activities()[-1]
    assert oldest["Description"] == "Setting desired count to 2."
    assert "-AlarmHigh-" in oldest["Cause"]
    assert oldest["Cause"].endswith("in state ALARM triggered policy tracking")
    assert "-AlarmLow-" in newest["Cause"]
    assert newest["StatusCode"] == "Successful"


def test_target_tracking_scales_in_only_when_all_policies_want_to(scaled: Scaled) -> None:
    scaled.create(2)
    other = f"{scaled.metric}-other"
    scaled.track("one")
    scaled.track("other", other)
    scaled.feed(95, other)

    def both_low() -> bool:
        scaled.feed(95, other)
        return scaled.shop.world.clock.now() > end

    end = scaled.shop.world.clock.now() + 60 * 20
    scaled.fed(10, both_low)
    assert scaled.desired() == 2
    scaled.fed(10, lambda: scaled.desired() == 1, seconds=40, metrics=(scaled.metric, other))


def test_steps_by_how_far_the_alarm_is_exceeded_up_to_the_maximum(scaled: Scaled) -> None:
    scaled.create(1)
    scaled.step(Cooldown=30)
    scaled.fed(120, lambda: scaled.desired() > 1)
    assert scaled.desired() == 2
    scaled.fed(160, lambda: scaled.desired() == 4)
    assert [one["Description"] for one in scaled.activities()][-1] == "Setting desired count to 2."
    scaled.minutes(3, 160)
    assert scaled.desired() == 4


def test_in_a_cool_down_a_greater_step_gets_the_difference_only(scaled: Scaled) -> None:
    scaled.create(1)
    scaled.step(Cooldown=3000)
    scaled.fed(120, lambda: scaled.desired() == 2)
    scaled.minutes(3, 120)
    assert scaled.desired() == 2
    scaled.fed(160, lambda: scaled.desired() == 3)
    scaled.minutes(3, 160)
    assert scaled.desired() == 3


def test_scaling_in_waits_for_its_cool_down_and_stops_at_the_minimum(scaled: Scaled) -> None:
    scaled.create(3)
    fewer = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]
    scaled.step("fewer", 30, "LessThanThreshold", StepAdjustments=fewer, Cooldown=600)
    scaled.fed(10, lambda: scaled.desired() == 2)
    scaled.minutes(4, 10)
    assert scaled.desired() == 2
    scaled.fed(10, lambda: scaled.desired() == 1)
    scaled.minutes(12, 10)
    assert scaled.desired() == 1


def test_what_is_suspended_does_not_act(scaled: Scaled) -> None:
    scaled.create(2)
    scaled.step()
    scaled.suspend(DynamicScalingOutSuspended=True)
    scaled.minutes(3, 120)
    assert scaled.desired() == 2
    scaled.suspend()
    scaled.fed(120, lambda: scaled.desired() == 3)


def test_a_silent_alarm_does_not_act(scaled: Scaled) -> None:
    scaled.create(1)
    alarm = scaled.step()
    scaled.cw.disable_alarm_actions(AlarmNames=[alarm])
    scaled.minutes(3, 120)
    assert scaled.cw.describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["StateValue"] == "ALARM"
    assert scaled.desired() == 1


def test_nothing_is_scaled_in_while_a_deployment_goes_on_but_out(scaled: Scaled) -> None:
    scaled.create(2)
    fewer = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]
    scaled.step("fewer", 30, "LessThanThreshold", StepAdjustments=fewer)
    scaled.step()
    # This version never gets healthy, so its deployment does not end.
    scaled.shop.ecs.update_service(
        cluster=scaled.shop.cluster_name, service=scaled.site.name, taskDefinition=scaled.shop.tags["1.2.0-unhealthy"]
    )
    scaled.minutes(3, 10)
    assert scaled.desired() == 2
    scaled.fed(120, lambda: scaled.desired() == 3)


def test_registering_other_limits_starts_nothing(scaled: Scaled) -> None:
    scaled.create(1)
    scaled.register(MinCapacity=2, MaxCapacity=3)
    scaled.minutes(2, 1)
    assert scaled.desired() == 1


def test_a_scheduled_action_sets_limits_and_brings_the_count_between_them(scaled: Scaled) -> None:
    scaled.create(1)
    at = datetime.fromtimestamp(scaled.shop.world.clock.now(), UTC) + timedelta(minutes=3)
    scaled.aas.put_scheduled_action(
        **scaled.where,
        ScheduledActionName="morning",
        Schedule=f"cron({at.minute} {at.hour} * * ? *)",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 6},
    )
    assert scaled.desired() == 1
    wait(lambda: scaled.desired() == 2, "the schedule did nothing")
    assert (scaled.target()["MinCapacity"], scaled.target()["MaxCapacity"]) == (2, 6)
    assert scaled.activities()[0]["Cause"] == "scheduled action name morning was triggered"


def test_a_suspended_schedule_is_passed_over(scaled: Scaled) -> None:
    scaled.create(1)
    scaled.suspend(ScheduledScalingSuspended=True)
    scaled.aas.put_scheduled_action(
        **scaled.where,
        ScheduledActionName="soon",
        Schedule="rate(1 minute)",
        ScalableTargetAction={"MinCapacity": 2},
    )
    scaled.minutes(4, 1)
    assert scaled.desired() == 1


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("Step", {**STEPS, "MinAdjustmentMagnitude": 1}, "for PercentChangeInCapacity only"),
        ("Step", {**STEPS, "StepAdjustments": []}, "1 to 20 StepAdjustments"),
        (
            "Step",
            {**STEPS, "StepAdjustments": [{**STEPS["StepAdjustments"][0]}, {**STEPS["StepAdjustments"][0]}]},
            "overlap or have a gap",
        ),
        ("TargetTracking", {"TargetValue": 5}, "Exactly one of the metric specifications"),
        (
            "TargetTracking",
            {"TargetValue": 5, "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}},
            "ResourceLabel is required",
        ),
        (
            "TargetTracking",
            {
                "TargetValue": 5,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"},
            },
            "not supported for ECS",
        ),
    ],
)
def test_policies_that_aws_refuses(kind: str, body: dict[str, Any], message: str, scaled: Scaled) -> None:
    scaled.create(1)
    with pytest.raises(ClientError, match=message):
        scaled.put("wrong", kind, body)


@pytest.mark.parametrize("schedule", ["cron(0 9 * * * *)", "cron(0 25 * * ? *)", "every day", "rate(0 minutes)"])
def test_schedules_that_aws_refuses(schedule: str, scaled: Scaled) -> None:
    scaled.create(1)
    with pytest.raises(ClientError, match="ValidationException"):
        scaled.aas.put_scheduled_action(**scaled.where, ScheduledActionName="wrong", Schedule=schedule)
