"""SNS: the attributes of topics that moto forgets, delivery feedback above all."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.control.young import assumable
from rehearsal.metrics import webhooks
from rehearsal.metrics.webhooks import PENDING


def _kept(call: Call, arn: str) -> dict[str, str]:
    found: dict[str, str] = call.world.kept("sns.attributes").setdefault(arn, {})
    return found


@before("sns", "CreateTopic", "SetTopicAttributes")
def check_feedback_role(call: Call) -> None:
    """Refuse a role by which SNS cannot tell about deliveries, or that it does not see yet."""
    given = {call.params.get("AttributeName"): call.params.get("AttributeValue"), **call.params.get("Attributes", {})}
    for name, arn in given.items():
        if arn and str(name).endswith("FeedbackRoleArn") and not assumable(call, arn, "sns.amazonaws.com"):
            text = (
                f"Invalid parameter: {name} Reason: {arn} is not a valid role to allow SNS to write to Cloudwatch Logs"
            )
            raise Refused("InvalidParameter", text)


@after("sns", "CreateTopic")
def keep_created(call: Call, response: dict[str, Any]) -> None:
    """Keep the attributes a topic was created with."""
    _kept(call, response["TopicArn"]).update(call.params.get("Attributes", {}))


@after("sns", "SetTopicAttributes")
def keep_set(call: Call, response: dict[str, Any]) -> None:
    """Keep an attribute that was set."""
    del response
    _kept(call, call.params["TopicArn"])[call.params["AttributeName"]] = call.params.get("AttributeValue", "")


@after("sns", "GetTopicAttributes")
def show(call: Call, response: dict[str, Any]) -> None:
    """Return what was set."""
    response["Attributes"].update(_kept(call, call.params["TopicArn"]))


@after("sns", "DeleteTopic")
def forget(call: Call, response: dict[str, Any]) -> None:
    """Forget a deleted topic."""
    del response
    call.world.kept("sns.attributes").pop(call.params["TopicArn"], None)


#: Protocols whose endpoint must say yes before anything is sent to it.
ASKED = ("email", "email-json", "http", "https")
#: Subscriptions that were asked before; subscribing again asks no second time.
KNOWN = "sns.known"


@after("sns", "Subscribe")
def ask(call: Call, response: dict[str, Any]) -> None:
    """Leave a subscription pending until its endpoint confirms: a webhook is asked, and nobody reads mail."""
    if call.params["Protocol"] in ASKED:
        arn = response["SubscriptionArn"]
        if arn not in call.world.kept(KNOWN):
            call.world.kept(KNOWN)[arn] = True
            webhooks.ask(call.world, call.backend().subscriptions[arn])
        if not call.params.get("ReturnSubscriptionArn") and arn in call.world.kept(PENDING):
            response["SubscriptionArn"] = "pending confirmation"


@operation("sns", "ConfirmSubscription")
def confirm(call: Call) -> dict[str, Any]:
    """Confirm by the token that the endpoint was sent."""
    found = webhooks.confirm(call.world, call.params["Token"])
    if found is None:
        raise Refused("InvalidParameter", "Invalid parameter: Token")
    return {"SubscriptionArn": found}


@after("sns", "ListSubscriptionsByTopic", "ListSubscriptions")
def show_pending(call: Call, response: dict[str, Any]) -> None:
    """Show a pending subscription without its ARN, as AWS does."""
    for one in response["Subscriptions"]:
        if one["SubscriptionArn"] in call.world.kept(PENDING):
            one["SubscriptionArn"] = "PendingConfirmation"


@after("sns", "GetSubscriptionAttributes")
def show_whether_pending(call: Call, response: dict[str, Any]) -> None:
    """Say whether it is pending."""
    pending = call.params["SubscriptionArn"] in call.world.kept(PENDING)
    response["Attributes"]["PendingConfirmation"] = str(pending).lower()
