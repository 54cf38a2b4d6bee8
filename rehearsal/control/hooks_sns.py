"""SNS: the attributes of topics that moto forgets, delivery feedback above all."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after


def _kept(call: Call, arn: str) -> dict[str, str]:
    found: dict[str, str] = call.world.kept("sns.attributes").setdefault(arn, {})
    return found


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
