"""Filters of the role budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def budget_notifications(
    percents: Mapping[str, Iterable[float]], subscribers: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """Return notifications of a budget as AWS Budgets takes them.

    Args:
        percents: of the limit, by type, ``ACTUAL`` or ``FORECASTED``.
        subscribers: who gets each, ``SubscriptionType`` and ``Address``.
    """
    return [
        {
            "Notification": {
                "NotificationType": kind,
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": float(percent),
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": subscribers,
        }
        for kind, each in percents.items()
        for percent in each
    ]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"budget_notifications": budget_notifications}
