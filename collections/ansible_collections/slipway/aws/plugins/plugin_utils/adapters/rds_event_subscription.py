"""RDS event subscriptions."""

from __future__ import annotations

from typing import Any

from ..adapter import only, tag_dict, tag_list
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._rds import RdsAdapter

MISSING = ("SubscriptionNotFound", "SubscriptionNotFoundFault")
SETTINGS = ("SnsTopicArn", "SourceType", "EventCategories", "Enabled")


class RdsEventSubscription(RdsAdapter):
    """Sends events of RDS resources to an SNS topic."""

    create_operation = "CreateEventSubscription"
    required = ("SubscriptionName", "SnsTopicArn")
    identity = ("SubscriptionName",)
    unordered = ("EventCategories", "SourceIds")
    computed = ("EventSubscriptionArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the subscription; one that is being deleted is gone."""
        item = self._described(resource.properties["SubscriptionName"])
        if item is None or item["Status"] == "deleting":
            return None
        return {
            **item,
            "SubscriptionName": item["CustSubscriptionId"],
            "EventCategories": item.get("EventCategoriesList", []),
            "SourceIds": item.get("SourceIdsList", []),
            "Tags": tag_dict(self.tags(item["EventSubscriptionArn"])),
        }

    def _described(self, name: str) -> dict[str, Any] | None:
        operation, result = "describe_event_subscriptions", "EventSubscriptionsList"
        return self.described(operation, result, MISSING, SubscriptionName=name)

    def ready(self, state: State) -> bool:
        """Say whether events flow."""
        if state["Status"] in {"no-permission", "topic-not-exist"}:
            raise ConvergeError(f"cannot publish to {state['SnsTopicArn']}: {state['Status']}; see the topic's policy")
        return bool(state["Status"] == "active")

    def create(self, resource: Resource) -> None:
        """Create with tags, after one of that name which is still being deleted."""
        self._await_gone(resource.properties["SubscriptionName"])
        self.write("create_event_subscription", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend settings, sources and tags."""
        name = only(state, ["SubscriptionName"])
        if only(changes, SETTINGS):
            self.write("modify_event_subscription", **name, **only(resource.properties, SETTINGS))
        if "SourceIds" in changes:
            before, after = changes["SourceIds"]
            for source in sorted(set(after) - set(before)):
                self.write("add_source_identifier_to_subscription", **name, SourceIdentifier=source)
            for source in sorted(set(before) - set(after)):
                self.write("remove_source_identifier_from_subscription", **name, SourceIdentifier=source)
        self.tag(state["EventSubscriptionArn"], changes)

    def _await_gone(self, name: str) -> None:
        what = f"waiting until event subscription {name} is deleted"
        self.cloud.wait_until(lambda: self._described(name) is None, what, at_most=self.timeout, poll=self.poll)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the subscription and wait, so that its name is free again."""
        del resource
        self.write_unless("delete_event_subscription", MISSING, SubscriptionName=state["SubscriptionName"])
        self._await_gone(state["SubscriptionName"])


ADAPTER = RdsEventSubscription
