"""Schedules and state machines act within what their roles may do; AWS's refusals are refused."""

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.orchestration.expressions import interval, moment
from tests.unit.rehearsal.orchestration.conftest import ACCOUNT, REGION, until

DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
SCHEDULES = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default"
TABLE = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/a"}


def reading(table, **more):
    parameters = {"TableName": table, "Key": {"id": {"S": "x"}}}
    read = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem", "Parameters": parameters}
    return {"StartAt": "Read", "States": {"Read": {**read, "End": True, **more}}}


def code(call, *arguments, **parameters):
    with pytest.raises(ClientError) as refused:
        call(*arguments, **parameters)
    return refused.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def roles(stage):
    start = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}
    return {
        "states": stage.role("runs", "states.amazonaws.com", TABLE),
        "scheduler": stage.role("starts", "scheduler.amazonaws.com", start),
        "powerless": stage.role("powerless", "scheduler.amazonaws.com"),
    }


@pytest.fixture(scope="module")
def done(stage, roles):
    return stage.machine("done", DONE, roles["states"])


def test_a_task_may_do_what_its_role_may(stage, roles):
    table = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    for name in ("a", "b"):
        stage.dynamodb.create_table(TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], **table)
    assert stage.run(stage.machine("own", reading("a"), roles["states"]))["status"] == "SUCCEEDED"
    ended = stage.run(stage.machine("other", reading("b"), roles["states"]))
    assert ended["status"] == "FAILED"
    assert "is not authorized to perform: dynamodb:GetItem on resource" in ended["cause"]


def test_an_error_of_the_api_has_step_functions_name_for_it(stage, roles):
    caught = {"ErrorEquals": ["DynamoDb.ResourceNotFoundException"], "Next": "Done"}
    definition = reading("none", Catch=[caught])
    definition["States"] |= DONE["States"]
    allowed = {**TABLE, "Resource": "*"}
    role = stage.role("reads", "states.amazonaws.com", allowed)
    assert stage.run(stage.machine("catches", definition, role))["status"] == "SUCCEEDED"


def test_waits_take_virtual_time(stage, roles):
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    assert stage.run(stage.machine("waits", wait, roles["states"]))["status"] == "SUCCEEDED"


def test_calls_of_the_cloud_itself_are_nobodys_writes(cloud, stage, roles, done):
    stage.schedule("counted", done, roles["scheduler"])
    writes = cloud.world.faults.writes
    until(lambda: len(stage.executions(done)) >= 2)
    assert cloud.world.faults.writes == writes
    stage.schedules.delete_schedule(Name="counted")


def test_a_disabled_schedule_starts_nothing(cloud, stage, roles, done):
    stage.schedule("off", done, roles["scheduler"], "rate(1 day)")
    until(lambda: cloud.world.movers["orchestration"].invoked[f"{SCHEDULES}/off"])
    target = {"Arn": done, "RoleArn": roles["scheduler"]}
    stage.schedules.update_schedule(
        Name="off",
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        State="DISABLED",
    )
    seen = len(stage.executions(done))
    cloud.world.clock.sleep(180)
    assert len(stage.executions(done)) == seen
    stage.schedules.delete_schedule(Name="off")


def test_a_failed_start_is_tried_again_as_often_as_the_policy_says(cloud, stage, roles, done):
    mover = cloud.world.movers["orchestration"]
    stage.schedule("fails", done, roles["powerless"], "rate(1 day)", RetryPolicy={"MaximumRetryAttempts": 3})
    arn = f"{SCHEDULES}/fails"
    until(lambda: "not authorized to perform: states:StartExecution" in mover.failed.get(arn, ""))
    attempts = [event.attempt for event in mover.waiting(arn)]
    assert all(attempt <= 4 for attempt in attempts)
    until(lambda: mover.attempts[arn] >= 4)
    until(lambda: not mover.waiting(arn))
    assert mover.attempts[arn] == 4
    stage.schedules.delete_schedule(Name="fails")


def schedule(stage, roles, done, **more):
    settings = {"Name": "wrong", "ScheduleExpression": "rate(1 minute)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    target = {"Arn": done, "RoleArn": roles["scheduler"], **more.pop("Target", {})}
    return code(stage.schedules.create_schedule, **{**settings, "Target": target, **more})


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"ScheduleExpression": "rate(0 minutes)"}, "ValidationException"),
        ({"ScheduleExpression": "every minute"}, "ValidationException"),
        ({"ScheduleExpression": "cron(61 * * * ? *)"}, "ValidationException"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}}, "ValidationException"),
        ({"GroupName": "none"}, "ResourceNotFoundException"),
        ({"Target": {"Arn": "arn:aws:sqs:eu-central-1:123456789012:queue"}}, "ValidationException"),
        ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/none"}}, "ValidationException"),
        ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/runs"}}, "ValidationException"),
    ],
)
def test_a_schedule_is_refused(stage, roles, done, more, refusal):
    assert schedule(stage, roles, done, **more) == refusal


@pytest.mark.parametrize(
    ("definition", "role", "refusal"),
    [
        (DONE, "scheduler", "AccessDeniedException"),
        ({"StartAt": "Done", "States": {}}, "states", "InvalidDefinition"),
        ({**DONE, "StartAt": "Elsewhere"}, "states", "InvalidDefinition"),
        ({**DONE, "QueryLanguage": "JSONata"}, "states", "InvalidDefinition"),
        (reading("a", Resource="arn:aws:states:::aws-sdk:s3:getObject"), "states", "InvalidDefinition"),
        (reading("a", Resource="arn:aws:states:::dynamodb:getItem"), "states", "InvalidDefinition"),
    ],
)
def test_a_state_machine_is_refused(stage, roles, definition, role, refusal):
    create = stage.steps.create_state_machine
    assert code(create, name="wrong", definition=json.dumps(definition), roleArn=roles[role]) == refusal


def test_groups_are_made_once_and_the_default_one_stays(stage):
    stage.schedules.create_schedule_group(Name="mine")
    assert code(stage.schedules.create_schedule_group, Name="mine") == "ConflictException"
    stage.schedules.delete_schedule_group(Name="mine")
    assert code(stage.schedules.delete_schedule_group, Name="mine") == "ResourceNotFoundException"
    assert code(stage.schedules.delete_schedule_group, Name="default") == "ValidationException"


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(2 hours)", 7200), ("rate(0 minutes)", None), ("rate(1 second)", None)],
)
def test_rates(expression, seconds):
    assert interval(expression) == seconds


@pytest.mark.parametrize(
    ("expression", "zone", "at"),
    [
        ("at(2026-01-02T03:04:05)", "UTC", 1767323045.0),
        ("at(2026-01-02T03:04:05)", "Europe/Berlin", 1767319445.0),
        ("at(tomorrow)", "UTC", None),
    ],
)
def test_moments(expression, zone, at):
    assert moment(expression, zone) == at
