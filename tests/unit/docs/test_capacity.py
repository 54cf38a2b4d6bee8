"""Where tasks run, and who is told when they cannot."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cost.parts import shares
from tests.unit.docs.rendered import WANTED, rendered


@pytest.mark.parametrize("number", range(len(WANTED)))
def test_services_run_where_their_cluster_says(number: int) -> None:
    _, resources = rendered()[number]
    (cluster,) = (one["properties"] for one in resources if one["type"] == "ecs_cluster")
    services = [one["properties"] for one in resources if one["type"] == "ecs_service"]
    by_default = shares(cluster["defaultCapacityProviderStrategy"], 3)
    own = [one["capacityProviderStrategy"] for one in services if not one["serviceName"].endswith("prometheus")]
    assert own
    assert all(shares(one, 3) == by_default for one in own)


def test_a_task_of_dev_runs_without_spot() -> None:
    resources = next(found for environment, found in rendered() if environment == "dev")
    services = [one["properties"] for one in resources if one["type"] == "ecs_service"]
    counts = [shares(one["capacityProviderStrategy"], 2) for one in services]
    assert counts
    assert all(one == {"FARGATE": 1, "FARGATE_SPOT": 1} for one in counts)


@pytest.mark.parametrize("number", range(len(WANTED)))
def test_people_are_told_of_tasks_without_a_place(number: int) -> None:
    _, resources = rendered()[number]
    (rule,) = (one["properties"] for one in resources if one["type"] == "events_rule" and one["name"] == "placement")
    assert rule["EventPattern"]["detail"]["eventName"] == ["SERVICE_TASK_PLACEMENT_FAILURE"]
    assert rule["EventPattern"]["detail"]["clusterArn"] == ["${output.cluster.cluster_arn}"]
    assert [one["Arn"] for one in rule["Targets"]] == ["${output.notifications.topic_arn}"]
