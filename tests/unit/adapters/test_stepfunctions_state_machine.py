"""State machines and schedules, in the local cloud: moto refuses nothing of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

MACHINE, SCHEDULE = "stepfunctions_state_machine.main", "scheduler_schedule.main"
ROLE = "iam_role.main"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["states.amazonaws.com", "scheduler.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
DEFINITION: dict[str, Any] = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


def resources(**schedule: Any) -> list[dict[str, Any]]:
    properties = {
        "Name": "slipway-test",
        "ScheduleExpression": "rate(1 minute)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": f"${{{MACHINE}.stateMachineArn}}", "RoleArn": f"${{{ROLE}.Arn}}", "Input": "{}"},
    }
    machine = {"name": "slipway-test", "definition": DEFINITION, "roleArn": f"${{{ROLE}.Arn}}"}
    role = {"RoleName": "slipway-test", "AssumeRolePolicyDocument": TRUST}
    return [
        {"type": "iam_role", "name": "main", "properties": role},
        {"type": "stepfunctions_state_machine", "name": "main", "properties": machine},
        {
            "type": "scheduler_schedule",
            "name": "main",
            "properties": {**properties, **schedule},
            "initial": {"State": "DISABLED"},
        },
    ]


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge(resources(), absent=True)


def test_live(converge: Converge) -> None:
    converge.lives(resources())


def test_mends_a_definition_and_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        arn, steps = run.state(MACHINE)["stateMachineArn"], client("stepfunctions")
        other = {**DEFINITION, "Comment": "another"}
        steps.update_state_machine(stateMachineArn=arn, definition=json.dumps(other))
        steps.untag_resource(resourceArn=arn, tagKeys=["project"])
        steps.tag_resource(resourceArn=arn, tags=[{"key": "foreign", "value": "x"}])

    converge.mends(resources(), drift, {MACHINE: {"definition", "Tags"}})


def written(client: Callable[[str], Any], **values: Any) -> None:
    """Write the schedule as it is, but for some values."""
    scheduler = client("scheduler")
    found = scheduler.get_schedule(Name="slipway-test")
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target", "State")
    scheduler.update_schedule(**{**{name: found[name] for name in kept}, **values})


@pytest.mark.parametrize(
    "other", [{"ScheduleExpression": "rate(5 minutes)"}, {"Description": "x"}], ids=["expression", "description"]
)
def test_mends_a_schedule_and_leaves_alone_whether_it_fires(
    converge: Converge, client: Callable[[str], Any], other: dict[str, str]
) -> None:
    def drift(_run: Run) -> None:
        written(client, State="ENABLED", **other)

    converge.mends(resources(), drift, {SCHEDULE: set(other)})
    assert client("scheduler").get_schedule(Name="slipway-test")["State"] == "ENABLED"


def test_mends_a_target(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        written(client, Target={**run.state(SCHEDULE)["Target"], "Input": '{"x": 1}'})

    converge.mends(resources(), drift, {SCHEDULE: {"Target"}})
