"""Subscriptions of Cost Anomaly Detection: who is told of what monitors find."""

from __future__ import annotations

from ..adapter import tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._ce import UNKNOWN, AnomalyAdapter

SUBSCRIPTION, NAME = "AnomalySubscription", "SubscriptionName"


class CeAnomalySubscription(AnomalyAdapter):
    """A subscription, found by its name. A topic is told at once (`IMMEDIATE`), addresses by day or week."""

    create_operation = "CreateAnomalySubscription"
    required = (SUBSCRIPTION,)
    computed = ("SubscriptionArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the subscription and its tags."""
        name = resource.properties[SUBSCRIPTION][NAME]
        for found in self.cloud.pages("ce", "get_anomaly_subscriptions", "AnomalySubscriptions"):
            if found[NAME] == name:
                arn = found["SubscriptionArn"]
                return {SUBSCRIPTION: found, "SubscriptionArn": arn, "Tags": self.tags(arn)}
        return None

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write(
            "create_anomaly_subscription",
            AnomalySubscription=resource.properties[SUBSCRIPTION],
            ResourceTags=tag_list(resource.tags),
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Say all of it anew, and mend the tags."""
        if SUBSCRIPTION in changes:
            wanted = without(resource.properties[SUBSCRIPTION], [NAME])
            self.write("update_anomaly_subscription", SubscriptionArn=state["SubscriptionArn"], **wanted)
        self.mend_tags(state["SubscriptionArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the subscription."""
        del resource
        self.write_unless("delete_anomaly_subscription", UNKNOWN, SubscriptionArn=state["SubscriptionArn"])


ADAPTER = CeAnomalySubscription
