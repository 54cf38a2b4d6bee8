"""Budgets and cost allocation tags: what moto lacks, and what AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation

#: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/management-limits.html
NOTIFICATIONS, ADDRESSES, TOPICS = 5, 10, 1
TAGS, SEEN = "ce.active_tags", "ce.seen_tags"
#: Virtual seconds until a bill has seen a tag.
#: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
DAY = 24 * 3600


def _budget(call: Call, name: str) -> Any:
    budgets = call.world.backend("budgets", "aws").budgets[call.account]
    if name not in budgets:
        raise Refused("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return budgets[name]


def _notice(call: Call) -> Any:
    wanted = call.params["Notification"]
    for one in _budget(call, call.params["BudgetName"]).notifications:
        if one.details == wanted:
            return one
    raise Refused("NotFoundException", "Unable to get notification - the notification doesn't exist.")


@operation("budgets", "UpdateBudget")
def update(call: Call) -> dict[str, Any]:
    """Replace what a budget says, but for what it has counted."""
    new = call.params["NewBudget"]
    kept = _budget(call, new["BudgetName"])
    kept.budget = {**new, "TimePeriod": kept.budget["TimePeriod"]}
    return {}


@operation("budgets", "DescribeSubscribersForNotification")
def subscribers(call: Call) -> dict[str, Any]:
    """Say who gets a notification."""
    return {"Subscribers": _notice(call).subscribers}


@before("budgets", "CreateBudget", "CreateNotification")
def check(call: Call) -> None:
    """Refuse more than a budget may have."""
    params = call.params
    given = params.get("NotificationsWithSubscribers", [params] if "Notification" in params else [])
    there = [] if "Budget" in params else _budget(call, params["BudgetName"]).notifications
    if len(given) + len(there) > NOTIFICATIONS:
        raise Refused("CreationLimitExceededException", f"A budget has at most {NOTIFICATIONS} notifications.")
    for one in given:
        kinds = [each["SubscriptionType"] for each in one["Subscribers"]]
        if kinds.count("SNS") > TOPICS or kinds.count("EMAIL") > ADDRESSES:
            raise Refused("CreationLimitExceededException", f"At most {ADDRESSES} addresses and {TOPICS} topic.")


@operation("ce", "ListCostAllocationTags")
def list_tags(call: Call) -> dict[str, Any]:
    """List the tags that bills have seen."""
    wanted = call.params.get("TagKeys")
    active = call.world.kept(TAGS)
    found = [key for key in _seen(call) if wanted is None or key in wanted]
    status = [(key, "Active" if key in active else "Inactive") for key in found]
    return {
        "CostAllocationTags": [{"TagKey": key, "Type": "UserDefined", "Status": one} for key, one in status],
    }


@operation("ce", "UpdateCostAllocationTagsStatus")
def update_tags(call: Call) -> dict[str, Any]:
    """Switch tags on or off; those that no bill has seen are told as errors of their own."""
    seen, active, errors = set(_seen(call)), call.world.kept(TAGS), []
    for one in call.params["CostAllocationTagsStatus"]:
        key = one["TagKey"]
        if key not in seen:
            errors.append({"TagKey": key, "Code": "NotFoundException", "Message": "Tag key not found."})
        elif one["Status"] == "Active":
            active[key] = True
        else:
            active.pop(key, None)
    return {"Errors": errors}


def _seen(call: Call) -> Iterator[str]:
    """Yield the keys of tags that resources had a day ago."""
    now, first = call.world.clock.now(), call.world.kept(SEEN)
    _, keys = call.world.backend("resourcegroupstaggingapi", call.region).get_tag_keys()
    for key in keys:
        first.setdefault(key, now)
    yield from (key for key, since in first.items() if now >= since + DAY)
