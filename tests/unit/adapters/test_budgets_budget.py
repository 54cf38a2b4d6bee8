"""Budgets and cost allocation tags, in the local cloud: moto cannot change a budget and knows no tags of a bill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.budget import budget_notifications
from tests.unit.adapters.converging import Converge, Run

KEY = "budgets_budget.main"
ACCOUNT = "123456789012"
MAIL = [{"SubscriptionType": "EMAIL", "Address": "one@example.com"}]
PLACE = {"AccountId": ACCOUNT, "BudgetName": "slipway-test"}


def budget(limit: str = "250.0", mail: list[dict[str, str]] = MAIL, **percents: list[int]) -> dict[str, Any]:
    properties = {
        "AccountId": ACCOUNT,
        "Budget": {
            "BudgetName": "slipway-test",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": limit, "Unit": "USD"},
            "CostFilters": {"TagKeyValue": ["user:environment$test"]},
        },
        "NotificationsWithSubscribers": budget_notifications(percents or {"ACTUAL": [80], "FORECASTED": [100]}, mail),
    }
    return {"type": "budgets_budget", "name": "main", "properties": properties}


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def test_lives(converge: Converge) -> None:
    converge.lives([budget()])
    converge([budget()], absent=True)


@pytest.mark.parametrize(
    ("other", "changed"),
    [
        (budget(limit="999.0"), "Budget"),
        (budget(ACTUAL=[50, 80]), "NotificationsWithSubscribers"),
        (budget(mail=[{**MAIL[0], "Address": "two@example.com"}]), "NotificationsWithSubscribers"),
    ],
    ids=["limit", "thresholds", "subscribers"],
)
def test_mends(converge: Converge, other: dict[str, Any], changed: str) -> None:
    converge([budget()], absent=True)

    def drift(run: Run) -> None:
        del run
        converge([other])

    converge.mends([budget()], drift, {KEY: {changed}})


def test_a_change_leaves_the_other_notifications_alone(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([budget()], absent=True)
    converge([budget(ACTUAL=[80, 90])])
    converge([budget(ACTUAL=[80, 95])])
    notices = client("budgets").describe_notifications_for_budget(**PLACE)["Notifications"]
    assert sorted(one["Threshold"] for one in notices) == [80.0, 95.0]


def test_tags_that_no_bill_has_seen_wait_for_a_later_run(converge: Converge, client: Callable[[str], Any]) -> None:
    tags = {"type": "ce_cost_allocation_tags", "name": "main", "properties": {"TagKeys": ["environment"]}}
    assert not converge([tags]).changed
    assert client("ce").list_cost_allocation_tags()["CostAllocationTags"] == []
    kept = converge([tags], absent=True).outcomes["ce_cost_allocation_tags.main"]
    assert not kept.changed
