"""What a task may call by itself is what its task role says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tasks import credentials
from rehearsal.world import TASK_KEY
from tests.unit.rehearsal.tasks.conftest import Cloud

MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*:*:parameter/own/*"},
        {"Effect": "Allow", "Action": "xray:PutTraceSegments", "Resource": "*"},
    ],
}


@pytest.fixture
def as_task(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that gives a client with the credentials of a task with a policy."""
    tasks: dict[str, Any] = {}
    monkeypatch.setattr(credentials, "_task", lambda _call, number: tasks[number])

    def client(service: str, policy: dict[str, Any] | None) -> Any:
        number = f"{len(tasks):032x}"
        role = cloud.new_role(f"{cloud.prefix}-task-{service}-{bool(policy)}", policy)
        tasks[number] = SimpleNamespace(id=number, definition={"taskRoleArn": role}, interface=None)
        return cloud.world.boto(service, "us-east-1", key=f"{TASK_KEY}{number}")

    return client


def test_it_may_what_its_role_says(as_task: Any, cloud: Cloud) -> None:
    cloud.ssm.put_parameter(Name="/own/level", Value="debug", Type="String")
    cloud.ssm.put_parameter(Name="/other", Value="debug", Type="String")
    ssm = as_task("ssm", MAY)
    assert ssm.get_parameter(Name="/own/level")["Parameter"]["Value"] == "debug"
    with pytest.raises(
        ClientError, match=r"not authorized to perform: ssm:GetParameter on resource: .*parameter/other"
    ):
        ssm.get_parameter(Name="/other")
    with pytest.raises(ClientError, match="does not know which permission a task needs for ssm:PutParameter"):
        ssm.put_parameter(Name="/own/level", Value="info", Type="String", Overwrite=True)


def test_without_a_policy_it_may_nothing(as_task: Any) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: xray:PutTraceSegments"):
        as_task("xray", None).put_trace_segments(TraceSegmentDocuments=["{}"])


def test_credentials_end_with_the_task(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"token .* is expired"):
        cloud.world.boto("xray", "us-east-1", key=f"{TASK_KEY}0").put_trace_segments(TraceSegmentDocuments=["{}"])


def test_a_task_without_a_role_has_none() -> None:
    assert credentials.variables(SimpleNamespace(id="1", definition={})) == {}  # type: ignore[arg-type]
