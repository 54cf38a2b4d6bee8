"""Security Hub: standards, configuration and tags, which moto lacks. Nothing is checked by the standards here."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation

STANDARDS, CONFIGURATION = "securityhub.standards", "securityhub.configuration"
KNOWN = (
    "aws-foundational-security-best-practices/v/1.0.0",
    "aws-resource-tagging-standard/v/1.0.0",
    "cis-aws-foundations-benchmark/v/3.0.0",
    "cis-aws-foundations-benchmark/v/5.0.0",
)


@before("securityhub", "EnableSecurityHub")
def refuse_a_second(call: Call) -> None:
    """Refuse to enable what is enabled; forget what an earlier hub had."""
    if call.backend().enabled:
        raise Refused("ResourceConflictException", "Account is already subscribed to Security Hub", 409)
    generator = call.params.get("ControlFindingGenerator", "SECURITY_CONTROL")
    call.world.kept(CONFIGURATION)[call.region] = {
        "AutoEnableControls": True,
        "ControlFindingGenerator": generator,
    }
    for key in [one for one in call.world.kept(STANDARDS) if one[0] == call.region]:
        del call.world.kept(STANDARDS)[key]


@operation("securityhub", "UpdateSecurityHubConfiguration")
def configure(call: Call) -> dict[str, Any]:
    """Keep the configuration."""
    _enabled(call)
    call.world.kept(CONFIGURATION)[call.region].update(call.params)
    return {}


@after("securityhub", "DescribeHub")
def show(call: Call, response: dict[str, Any]) -> None:
    """Show the configuration as it was kept."""
    response.update(call.world.kept(CONFIGURATION)[call.region])


@operation("securityhub", "BatchEnableStandards")
def enable(call: Call) -> dict[str, Any]:
    """Subscribe to standards."""
    _enabled(call)
    wanted = [one["StandardsArn"] for one in call.params["StandardsSubscriptionRequests"]]
    unknown = [arn for arn in wanted if not arn.endswith(KNOWN)]
    if unknown:
        raise Refused("InvalidInputException", f"Unrecognized standards ARN {unknown[0]}")
    for arn in wanted:
        call.world.kept(STANDARDS)[call.region, arn] = _subscription(call, arn)
    return _listed(call)


@operation("securityhub", "BatchDisableStandards")
def disable(call: Call) -> dict[str, Any]:
    """End subscriptions."""
    _enabled(call)
    kept = call.world.kept(STANDARDS)
    ended = set(call.params["StandardsSubscriptionArns"])
    gone = [key for key, one in kept.items() if one["StandardsSubscriptionArn"] in ended]
    return {"StandardsSubscriptions": [kept.pop(key) for key in gone]}


@operation("securityhub", "GetEnabledStandards")
def enabled(call: Call) -> dict[str, Any]:
    """List the subscriptions."""
    _enabled(call)
    return _listed(call)


@operation("securityhub", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Show the hub's tags."""
    return {"Tags": dict(_enabled(call).tags)}


@operation("securityhub", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tag the hub."""
    _enabled(call).tags.update(call.params["Tags"])
    return {}


@operation("securityhub", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Take tags off the hub."""
    for key in call.params["TagKeys"]:
        _enabled(call).tags.pop(key, None)
    return {}


def _enabled(call: Call) -> Any:
    hub = call.backend()
    if not hub.enabled:
        raise Refused("InvalidAccessException", f"Account {call.account} is not subscribed to AWS Security Hub", 401)
    return hub


def _subscription(call: Call, arn: str) -> dict[str, Any]:
    name = arn.partition("standards/")[2]
    place = f"arn:aws:securityhub:{call.region}:{call.account}:subscription/{name}"
    return {"StandardsArn": arn, "StandardsSubscriptionArn": place, "StandardsInput": {}, "StandardsStatus": "READY"}


def _listed(call: Call) -> dict[str, Any]:
    kept = call.world.kept(STANDARDS)
    return {"StandardsSubscriptions": [one for (region, _), one in kept.items() if region == call.region]}
