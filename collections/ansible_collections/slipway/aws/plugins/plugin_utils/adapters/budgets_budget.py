"""Budgets of the account."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("NotFoundException",)
TOLD = "NotificationsWithSubscribers"
Notice = dict[str, Any]


class BudgetsBudget(Adapter):
    """A budget, and who is told when it is spent or will be."""

    service = "budgets"
    create_operation = "CreateBudget"
    required = ("AccountId", "Budget")
    identity = ("AccountId",)
    unordered = (TOLD,)
    # AWS tags budgets since 2024; nothing but its name tells one from another in any API that lists them.
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the budget, its notifications and who gets each."""
        place = _place(resource)
        answer = self.read_or_none("describe_budget", MISSING, **place)
        if answer is None:
            return None
        notices = self.cloud.pages("budgets", "describe_notifications_for_budget", "Notifications", **place)
        told = [self._told(place, one) for one in notices]
        return {"AccountId": place["AccountId"], "Budget": answer["Budget"], TOLD: told}

    def _told(self, place: dict[str, str], notice: Notice) -> Notice:
        # Its state is what AWS found, and no part of its identity.
        own = {name: value for name, value in notice.items() if name != "NotificationState"}
        operation = "describe_subscribers_for_notification"
        return {
            "Notification": own,
            "Subscribers": self.cloud.pages("budgets", operation, "Subscribers", **place, Notification=own),
        }

    def create(self, resource: Resource) -> None:
        """Create it with its notifications."""
        self.write("create_budget", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the budget; a notification that differs is deleted, and made anew."""
        place = _place(resource)
        if "Budget" in changes:
            self.write("update_budget", AccountId=place["AccountId"], NewBudget=resource.properties["Budget"])
        if TOLD in changes:
            wanted: list[Notice] = resource.properties[TOLD]
            for one in state[TOLD]:
                if one not in wanted:
                    self.write_unless("delete_notification", MISSING, **place, Notification=one["Notification"])
            for one in wanted:
                if one not in state[TOLD]:
                    self.write("create_notification", **place, **one)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with its notifications."""
        del state
        self.write_unless("delete_budget", MISSING, **_place(resource))


def _place(resource: Resource) -> dict[str, str]:
    return {"AccountId": resource.properties["AccountId"], "BudgetName": resource.properties["Budget"]["BudgetName"]}


ADAPTER = BudgetsBudget
