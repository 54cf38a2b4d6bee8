"""RDS event subscriptions and subnet groups, where moto cannot change what it made."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation

#: Parameter of ModifyEventSubscription to attribute of moto's subscription.
SETTINGS = {
    "SnsTopicArn": "sns_topic_arn",
    "SourceType": "source_type",
    "EventCategories": "event_categories",
    "Enabled": "enabled",
}


def _subscription(call: Call) -> Any:
    name = call.params["SubscriptionName"]
    found = call.backend().event_subscriptions.get(name)
    if found is None:
        raise Refused("SubscriptionNotFound", f"Subscription {name} not found.", 404)
    return found


def _described(subscription: Any) -> dict[str, Any]:
    return {
        "EventSubscription": {
            "CustSubscriptionId": subscription.subscription_name,
            "SnsTopicArn": subscription.sns_topic_arn,
            "Status": subscription.status,
            "SourceType": subscription.source_type,
            "SourceIdsList": list(subscription.source_ids),
            "EventCategoriesList": list(subscription.event_categories),
            "Enabled": subscription.enabled,
            "EventSubscriptionArn": subscription.arn,
        }
    }


@operation("rds", "ModifyEventSubscription")
def modify(call: Call) -> dict[str, Any]:
    """Change what is given."""
    subscription = _subscription(call)
    for parameter, attribute in SETTINGS.items():
        if parameter in call.params:
            setattr(subscription, attribute, call.params[parameter])
    return _described(subscription)


@operation("rds", "AddSourceIdentifierToSubscription")
def add_source(call: Call) -> dict[str, Any]:
    """Watch one source more."""
    subscription = _subscription(call)
    subscription.source_ids = sorted({*subscription.source_ids, call.params["SourceIdentifier"]})
    return _described(subscription)


@operation("rds", "RemoveSourceIdentifierFromSubscription")
def remove_source(call: Call) -> dict[str, Any]:
    """Watch one source less."""
    subscription = _subscription(call)
    subscription.source_ids = sorted({*subscription.source_ids} - {call.params["SourceIdentifier"]})
    return _described(subscription)


@before("rds", "ModifyDBSubnetGroup")
def hold_group(call: Call) -> None:
    """Hold on to the group, which moto takes out of its list to change it."""
    name = call.params["DBSubnetGroupName"]
    call.world.kept("rds.changing")[call.region, name] = call.backend().subnet_groups.get(name)


@after("rds", "ModifyDBSubnetGroup")
def put_group_back(call: Call, response: dict[str, Any]) -> None:
    """Put the changed group back."""
    del response
    name = call.params["DBSubnetGroupName"]
    call.backend().subnet_groups[name] = call.world.kept("rds.changing").pop((call.region, name))
