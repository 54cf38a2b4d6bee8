"""Deliveries to SNS: to a topic whose policy and key let the publisher in, on to the queues and webhooks subscribed.

Mail is not sent; a queue is read with ``sqs receive-message``.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.control.policies import listed, statements
from rehearsal.metrics import webhooks
from rehearsal.world import World

CLOUDWATCH, EVENTS = "cloudwatch.amazonaws.com", "events.amazonaws.com"
#: As whom services publish, in refusals.
_CALLED = {CLOUDWATCH: "CloudWatch Alarms", EVENTS: EVENTS}


class Refusal(Exception):  # noqa: N818  what AWS would say
    """Why an action failed."""


def publish(world: World, arn: str, subject: str, text: str) -> None:
    """Publish to a topic as CloudWatch does.

    Raises:
        Refusal: there is no such topic, or it lets CloudWatch not in.
    """
    parts = arn.split(":")
    if parts[2] == "autoscaling":
        _check_scaling(world, arn, parts[3])
        return  # rehearsal/autoscaling sees the alarm and acts
    if parts[2] != "sns":
        raise Refusal(f"the local cloud carries out actions on SNS topics and scaling policies only, not {arn}")
    publish_to_topic(world, arn, subject, text, CLOUDWATCH)


def publish_to_topic(world: World, arn: str, subject: str, text: str, service: str) -> None:
    """Publish to a topic as a service does; without a subject there is none.

    Raises:
        Refusal: there is no such topic, or it does not let the service in.
    """
    region = arn.split(":")[3]
    backend = world.backend("sns", region)
    topic = backend.topics.get(arn)
    if topic is None:
        raise Refusal("Topic does not exist")
    _check_policy(world, topic, service)
    _check_key(world, topic, region, service)
    for subscription in list(backend.subscriptions.values()):
        if subscription.topic is topic and subscription.protocol == "sqs":
            _deliver(subscription, subject, text)
        elif subscription.topic is topic and subscription.protocol == "https":
            webhooks.tell(world, subscription, subject, text)
    topic.sent_notifications.append(("", text, subject, None, None))


def _check_scaling(world: World, arn: str, region: str) -> None:
    """Refuse a scaling policy that there is not."""
    policies = world.backend("applicationautoscaling", region).policies
    if not any(policy.policy_arn == arn for policy in list(policies.values())):
        raise Refusal("No scaling policy found")


def _deliver(subscription: Any, subject: str, text: str) -> None:
    try:
        subscription.publish(text, f"{id(text):x}", subject=subject or None)
    except ServiceException:  # the queue is gone, which the publisher never hears of
        return


def _check_policy(world: World, topic: Any, service: str) -> None:
    """Refuse when no statement lets the service publish; the account's own default policy does for CloudWatch."""
    if not any(_lets(one, "sns:publish", world.account, service) for one in statements(topic.policy)):
        text = f"{_CALLED[service]} is not authorized to perform: SNS:Publish on resource: {topic.arn}"
        raise Refusal(f"{text} because no resource-based policy allows the SNS:Publish action")


def _check_key(world: World, topic: Any, region: str, service: str) -> None:
    """Refuse when the topic is encrypted with a key that the service may not use, such as AWS's own for SNS."""
    kept = world.kept("sns.attributes").get(topic.arn, {})
    name = kept.get("KmsMasterKeyId") or topic.kms_master_key_id
    if not name:
        return
    key = world.backend("kms", region).keys.get(str(name).rsplit("/", 1)[-1])
    found = statements(key.policy) if key else []
    if not all(any(_lets(one, action, world.account, service) for one in found) for action in _KEY):
        raise Refusal(f"null (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; key {name})")


_KEY = ("kms:decrypt", "kms:generatedatakey")


def _lets(statement: dict[str, Any], action: str, account: str, service: str) -> bool:
    """Say whether a statement allows a service an action; of conditions it knows the account's.

    EventBridge tells topics and their keys nothing that a condition could ask for.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    if statement.get("Effect") != "Allow" or not _names(statement.get("Principal"), service):
        return False
    if not any(_covers(str(pattern).lower(), action) for pattern in listed(statement.get("Action"))):
        return False
    if service == EVENTS:
        return not statement.get("Condition")
    accounts = [
        value
        for keys in statement.get("Condition", {}).values()
        for name, values in keys.items()
        for value in listed(values)
        if name.lower() in {"aws:sourceaccount", "aws:sourceowner"}
    ]
    return not accounts or account in accounts


def _names(principal: Any, service: str) -> bool:
    if principal == "*":
        return True
    named = principal if isinstance(principal, dict) else {}
    return service in listed(named.get("Service")) or "*" in listed(named.get("AWS"))


def _covers(pattern: str, action: str) -> bool:
    return action.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else action == pattern
