from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

KEY = "ecs_cluster.main"
LOGGING = {
    "executeCommandConfiguration": {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "exec"}}
}
PROPERTIES: dict[str, Any] = {
    "clusterName": "main",
    "settings": [{"name": "containerInsights", "value": "enhanced"}],
    "configuration": LOGGING,
    "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    "defaultCapacityProviderStrategy": [
        {"capacityProvider": "FARGATE", "weight": 0, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0},
    ],
}
CLUSTER = {"type": "ecs_cluster", "name": "main", "properties": PROPERTIES}


def test_lives(converge: Converge) -> None:
    converge.lives([CLUSTER])


UNENCRYPTED = {"executeCommandConfiguration": {"logging": "NONE"}}
DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("settings", "update_cluster", {"settings": [{"name": "containerInsights", "value": "disabled"}]}),
    ("configuration", "update_cluster", {"configuration": UNENCRYPTED}),
    (
        "capacityProviders",
        "put_cluster_capacity_providers",
        {
            "capacityProviders": ["FARGATE"],
            "defaultCapacityProviderStrategy": PROPERTIES["defaultCapacityProviderStrategy"],
        },
    ),
    (
        "defaultCapacityProviderStrategy",
        "put_cluster_capacity_providers",
        {
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        },
    ),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: object) -> None:
        getattr(client("ecs"), operation)(cluster="main", **parameters)

    converge.mends([CLUSTER], drift, {KEY: {changed}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Any) -> None:
        arn = run.state(KEY)["clusterArn"]
        client("ecs").tag_resource(resourceArn=arn, tags=[{"key": "foreign", "value": "x"}])
        client("ecs").untag_resource(resourceArn=arn, tagKeys=["project"])

    converge.mends([CLUSTER], drift, {KEY: {"Tags"}})


def test_does_not_mind_the_order_of_a_strategy(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([CLUSTER])
    client("ecs").put_cluster_capacity_providers(
        cluster="main",
        capacityProviders=["FARGATE_SPOT", "FARGATE"],
        defaultCapacityProviderStrategy=list(reversed(PROPERTIES["defaultCapacityProviderStrategy"])),
    )
    assert converge([CLUSTER], check=True).changed == {}
