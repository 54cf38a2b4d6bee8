"""Experiment templates, in the local cloud: what moto would take for one, AWS refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

TEMPLATE = "fis_experiment_template.main"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "fis.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
TASKS = {"resourceType": "aws:ecs:task", "resourceTags": {"service": "web"}, "selectionMode": "COUNT(1)"}
STOP = {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "tasks"}}


def resources(**properties: Any) -> list[dict[str, Any]]:
    wanted = {
        "description": "Stops a task",
        "stopConditions": [{"source": "none"}],
        "targets": {"tasks": TASKS},
        "actions": {"stop": STOP},
        "roleArn": "${iam_role.main.Arn}",
        **properties,
    }
    role = {"RoleName": "slipway-test-fis", "AssumeRolePolicyDocument": TRUST}
    return [
        {"type": "iam_role", "name": "main", "properties": role},
        {"type": "fis_experiment_template", "name": "main", "tags": {"Name": "killed"}, "properties": wanted},
    ]


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge(resources(), absent=True)


def test_lives(converge: Converge) -> None:
    converge.lives(resources())


@pytest.mark.parametrize(
    "other",
    [
        {"description": "x"},
        {"targets": {"tasks": {**TASKS, "selectionMode": "ALL"}}},
        {"actions": {"stop": {**STOP, "description": "x"}}},
        {"stopConditions": [{"source": "aws:cloudwatch:alarm", "value": "arn:aws:cloudwatch:us-east-1:1:alarm:a"}]},
    ],
    ids=["description", "targets", "actions", "stopConditions"],
)
def test_mends_what_differs(converge: Converge, client: Callable[[str], Any], other: dict[str, Any]) -> None:
    def drift(run: Run) -> None:
        client("fis").update_experiment_template(id=run.state(TEMPLATE)["id"], **other)

    converge.mends(resources(), drift, {TEMPLATE: set(other)})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        client("fis").tag_resource(resourceArn=run.state(TEMPLATE)["arn"], tags={"foreign": "x"})

    converge.mends(resources(), drift, {TEMPLATE: {"Tags"}})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"actions": {}}, "at least one action"),
        ({"stopConditions": []}, "1 to 5 stop conditions"),
        ({"stopConditions": [{"source": "aws:cloudwatch:alarm"}]}, "is invalid"),
        ({"targets": {"tasks": {**TASKS, "selectionMode": "SOME"}}}, "selectionMode 'SOME' is invalid"),
        ({"targets": {"tasks": {**TASKS, "resourceArns": ["arn:aws:ecs:us-east-1:1:task/x"]}}}, "either resourceArns"),
        ({"targets": {}}, "needs a target Tasks of type aws:ecs:task"),
        ({"actions": {"stop": {**STOP, "actionId": "aws:ecs:nonsense"}}}, "does not have aws:ecs:nonsense"),
        ({"actions": {"stop": {**STOP, "parameters": {"duration": "PT5M"}}}}, "allowed: none such"),
    ],
)
def test_refuses_what_fis_refuses(converge: Converge, wrong: dict[str, Any], told: str) -> None:
    assert told in " ".join(converge(resources(**wrong), fails=True).failures)
