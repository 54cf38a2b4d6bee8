"""A wait for healthy tasks that ends without them says what ECS and the load balancer saw."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.release.tasks import Tasks, TasksFailedError

SIDE: Any = Mock(ecs_service="slipway-dev-web-green", target_group="arn:green")
SERVICE = {"deployments": [{}], "runningCount": 1, "desiredCount": 2, "events": []}


@pytest.mark.parametrize(
    ("states", "told"), [([], "none"), (["unhealthy", "healthy", "unhealthy"], "1 healthy, 2 unhealthy")]
)
def test_what_was_seen_last_is_told(monkeypatch: pytest.MonkeyPatch, states: list[str], told: str) -> None:
    targets = [{"TargetHealth": {"State": state}} for state in states]
    answers = {
        "describe_services": {"services": [SERVICE]},
        "describe_target_health": {"TargetHealthDescriptions": targets},
    }
    cloud = Cloud("us-east-1")
    monkeypatch.setattr(cloud, "read", lambda _, operation, **__: answers[operation])
    monkeypatch.setattr(cloud, "wait", lambda _: None)
    with pytest.raises(TasksFailedError) as caught:
        Tasks(cloud, "main", "app").await_healthy(SIDE, 2, at_most=900)
    assert str(caught.value) == (
        "slipway-dev-web-green: 2 healthy tasks: not done after 900 s, ECS runs 1 of 2 tasks in 1 deployments,"
        f" targets are {told}; run again to go on waiting"
    )
