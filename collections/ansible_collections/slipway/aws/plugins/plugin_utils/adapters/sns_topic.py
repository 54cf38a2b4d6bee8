"""SNS topics with their subscriptions."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from ..adapter import Adapter, only, tag_dict, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._new_roles import once_seen

MISSING = ("NotFound", "NotFoundException")
FEEDBACK = tuple(
    f"{protocol}{what}"
    for protocol in ("HTTP", "Lambda", "SQS", "Firehose", "Application")
    for what in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
)
#: What SNS says of a feedback role that was made a moment ago.
UNSEEN = ("InvalidParameter",)
#: Attributes of a topic, each a property of its own; numbers are declared as numbers.
ATTRIBUTES = (
    "KmsMasterKeyId",
    "Policy",
    "DisplayName",
    "DeliveryPolicy",
    "TracingConfig",
    "SignatureVersion",
    *FEEDBACK,
)
#: What stands for the ARN of a subscription that nobody has confirmed, or that is about to vanish.
PENDING, DELETED = "PendingConfirmation", "Deleted"


class SnsTopic(Adapter):
    """A topic. ``Subscriptions``, when given, are whole: each is a ``Protocol`` and an ``Endpoint``.

    AWS cannot cancel a subscription that nobody has confirmed; it vanishes by itself after two days.
    """

    service = "sns"
    create_operation = "CreateTopic"
    more_properties = (*ATTRIBUTES, "Subscriptions")
    required = ("Name",)
    identity = ("Name",)
    documents = ("Policy", "DeliveryPolicy")
    unordered = ("Subscriptions",)
    computed = ("TopicArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read attributes, tags and, if declared, subscriptions."""
        arn = self._arn(resource)
        answer = self.read_or_none("get_topic_attributes", MISSING, TopicArn=arn)
        if answer is None:
            return None
        attributes = {name: int(text) if text.isdecimal() else text for name, text in answer["Attributes"].items()}
        tags = self.cloud.read("sns", "list_tags_for_resource", ResourceArn=arn)["Tags"]
        found = {**attributes, "Name": resource.properties["Name"], "TopicArn": arn, "Tags": tag_dict(tags)}
        if "Subscriptions" in resource.properties:
            found["Subscriptions"] = self._subscriptions(arn, resource.properties["Subscriptions"])
        return found

    def _arn(self, resource: Resource) -> str:
        who = self.cloud.identity()
        return f"arn:{who['partition']}:sns:{who['region']}:{who['account']}:{resource.properties['Name']}"

    def _subscriptions(self, arn: str, wanted: list[dict[str, str]]) -> list[dict[str, str]]:
        found = []
        for item in self.cloud.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn):
            subscription = only(item, ["Protocol", "Endpoint"])
            lasting = item["SubscriptionArn"] not in {PENDING, DELETED}
            if lasting or (item["SubscriptionArn"] == PENDING and subscription in wanted):
                found.append(subscription)
        return found

    def create(self, resource: Resource) -> None:
        """Create with tags and attributes at once; subscriptions follow as an update."""
        attributes = {name: _text(value) for name, value in only(resource.properties, ATTRIBUTES).items()}
        wanted = {"Name": resource.properties["Name"], "Attributes": attributes, "Tags": tag_list(resource.tags)}
        self._put(attributes, "create_topic", **wanted)

    def _put(self, names: Collection[str], operation: str, **parameters: Any) -> None:
        """Make a call that sets attributes, again while it names a role that is not known yet."""
        unseen = UNSEEN if any(name.endswith("RoleArn") for name in names) else ()
        what = f"{operation} waits for a feedback role to be known"
        once_seen(self.cloud, unseen, lambda: self.write(operation, **parameters), what)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set attributes one by one, then subscribe and unsubscribe."""
        del resource
        arn = state["TopicArn"]
        for name in ATTRIBUTES:
            if name in changes:
                value = _text(changes[name].after)
                self._put([name], "set_topic_attributes", TopicArn=arn, AttributeName=name, AttributeValue=value)
        if "Subscriptions" in changes:
            self._subscribe(arn, *changes["Subscriptions"])
        self.mend_tags(arn, changes)

    def _subscribe(self, arn: str, before: list[dict[str, str]] | None, after: list[dict[str, str]]) -> None:
        for subscription in after:
            if subscription not in (before or ()):
                self.write("subscribe", TopicArn=arn, **subscription)
        for item in self.cloud.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn):
            if only(item, ["Protocol", "Endpoint"]) not in after and item["SubscriptionArn"] not in {PENDING, DELETED}:
                self.write("unsubscribe", SubscriptionArn=item["SubscriptionArn"])

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the topic with its subscriptions."""
        del resource
        self.write_unless("delete_topic", MISSING, TopicArn=state["TopicArn"])


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)


ADAPTER = SnsTopic
