"""WAFv2: capacity, managed rule groups, what a web ACL protects, and what AWS refuses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.control.web_acl_capacity import HIGHEST, MANAGED, capacity

WINDOWS = (60, 120, 300, 600)


@operation("wafv2", "CheckCapacity")
def check_capacity(call: Call) -> dict[str, Any]:
    """Return the capacity that rules take."""
    _check_rules(call, call.params["Rules"])
    return {"Capacity": capacity(call.params["Rules"])}


@operation("wafv2", "ListAvailableManagedRuleGroups")
def list_managed(call: Call) -> dict[str, Any]:
    """List AWS's rule groups."""
    del call
    return {
        "ManagedRuleGroups": [
            {"VendorName": "AWS", "Name": name, "VersioningSupported": "Reputation" not in name and "IP" not in name}
            for name in MANAGED
        ]
    }


@operation("wafv2", "ListResourcesForWebACL")
def list_resources(call: Call) -> dict[str, Any]:
    """List what a web ACL protects; without a type, load balancers."""
    kinds = {"APPLICATION_LOAD_BALANCER": ":loadbalancer/app/", "API_GATEWAY": ":/restapis/"}
    acl = _acl(call, call.params["WebACLArn"])
    part = kinds.get(call.params.get("ResourceType", "APPLICATION_LOAD_BALANCER"), "nothing of that type")
    return {"ResourceArns": [arn for arn in acl.associated_resources if part in arn]}


@before("wafv2", "AssociateWebACL")
def protect_once(call: Call) -> None:
    """Let a web ACL take the place of another one, or of itself; moto adds it, and never lets all of them go."""
    if call.params["WebACLArn"] in call.backend().wacls:
        call.backend().disassociate_web_acl(call.params["ResourceArn"])


@before("wafv2", "CreateWebACL", "UpdateWebACL")
def check_rules(call: Call) -> None:
    """Refuse rules that AWS refuses."""
    _check_rules(call, call.params.get("Rules", []))


@after("wafv2", "CreateWebACL", "UpdateWebACL")
def set_capacity(call: Call, response: dict[str, Any]) -> None:
    """Count the capacity, and take over an empty list of rules, which moto ignores."""
    arn = response.get("Summary", {}).get("ARN") or _arn_of(call)
    acl = _acl(call, arn)
    rules = call.params.get("Rules", [])
    acl.capacity = capacity(rules)
    if not rules:
        acl.rules = []
    acl.description = call.params.get("Description", "")


@before("wafv2", "DeleteWebACL")
def refuse_protecting(call: Call) -> None:
    """Refuse to delete a web ACL that protects something."""
    if _acl(call, _arn_of(call)).associated_resources:
        _refuse_associated()


@before("wafv2", "DeleteIPSet")
def refuse_named(call: Call) -> None:
    """Refuse to delete a set that a rule names."""
    found = call.backend().ip_sets
    arn = next((arn for arn, one in found.items() if one.ip_set_id == call.params["Id"]), None)
    for acl in call.backend().wacls.values():
        for statement in _all_statements([rule.to_dict() for rule in acl.rules]):
            if arn and statement.get("IPSetReferenceStatement", {}).get("ARN") == arn:
                _refuse_associated()


@before("wafv2", "PutLoggingConfiguration")
def check_destination(call: Call) -> None:
    """Refuse destinations that WAF does not write to."""
    for arn in call.params["LoggingConfiguration"]["LogDestinationConfigs"]:
        name = arn.split(":log-group:")[-1].split(":")[-1].rsplit("/", 1)[-1]
        if not name.startswith("aws-waf-logs-"):
            _refuse("The ARN isn't valid. A valid ARN begins with arn: ...", "LOG_DESTINATION", arn)
        if ":log-group:" in arn and arn.split(":log-group:")[1].removesuffix(":*") not in call.backend("logs").groups:
            raise Refused("WAFLogDestinationPermissionIssueException", f"There is no log group {name}.")


@before("wafv2", "CreateWebACL", "CreateIPSet")
def refuse_taken_name(call: Call) -> None:
    """Refuse a name that is taken; moto has no code of AWS's for it."""
    backend = call.backend()
    known = backend.wacls if call.operation == "CreateWebACL" else backend.ip_sets
    if call.params["Name"] in {one.name for one in known.values()}:
        raise Refused(
            "WAFDuplicateItemException",
            "AWS WAF couldn\u2019t perform the operation because some resource in your request is a duplicate of an "
            "existing one.",
        )


@before("wafv2", "CreateIPSet", "UpdateIPSet")
def check_addresses(call: Call) -> None:
    """Refuse what is no CIDR block."""
    for text in call.params["Addresses"]:
        if "/" not in text or not _is_network(text):
            _refuse("The parameter contains formatting that is not valid", "IP_ADDRESS", text)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _acl(call: Call, arn: str) -> Any:
    found = call.backend().wacls.get(arn)
    if found is None:
        raise Refused(
            "WAFNonexistentItemException",
            "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist.",
        )
    return found


def _arn_of(call: Call) -> str:
    return next((arn for arn, acl in call.backend().wacls.items() if acl.id == call.params["Id"]), "")


def _check_rules(call: Call, rules: list[dict[str, Any]]) -> None:
    for field in ("Name", "Priority"):
        values = [rule[field] for rule in rules]
        if len(set(values)) < len(values):
            _refuse("You have used none or multiple values for a field that requires exactly one value", field, values)
    for rule in rules:
        of_group = (
            "ManagedRuleGroupStatement" in rule["Statement"] or "RuleGroupReferenceStatement" in rule["Statement"]
        )
        wanted, other = ("OverrideAction", "Action") if of_group else ("Action", "OverrideAction")
        if wanted not in rule or other in rule:
            _refuse(f"A reference in your rule statement is not valid: it takes {wanted}", "RULE", rule["Name"])
    for statement in _all_statements(rules):
        _check_statement(call, statement)
    if capacity(rules) > HIGHEST:
        raise Refused("WAFLimitsExceededException", f"The rules take {capacity(rules)} WCU; {HIGHEST} are allowed.")


def _check_statement(call: Call, statement: dict[str, Any]) -> None:
    arn = statement.get("IPSetReferenceStatement", {}).get("ARN")
    if arn and arn not in call.backend().ip_sets:
        _acl(call, arn)  # the same refusal as for a web ACL
    managed = statement.get("ManagedRuleGroupStatement")
    if managed and managed["VendorName"] == "AWS" and managed["Name"] not in MANAGED:
        _refuse("The specified managed rule group doesn't exist", "MANAGED_RULE_SET", managed["Name"])
    rate = statement.get("RateBasedStatement")
    if rate and rate.get("EvaluationWindowSec", 300) not in WINDOWS:
        _refuse(f"The evaluation window is one of {WINDOWS}", "EVALUATION_WINDOW", rate["EvaluationWindowSec"])


def _all_statements(rules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    waiting = [rule["Statement"] for rule in rules]
    while waiting:
        statement = waiting.pop()
        yield statement
        for inner in statement.values():
            waiting += inner.get("Statements", [])
            waiting += [inner[name] for name in ("Statement", "ScopeDownStatement") if name in inner]


def _refuse(reason: str, field: str, value: Any) -> None:
    raise Refused("WAFInvalidParameterException", f"Error reason: {reason}, field: {field.upper()}, parameter: {value}")


def _refuse_associated() -> None:
    raise Refused(
        "WAFAssociatedItemException",
        "AWS WAF couldn\u2019t perform the operation because your resource is being used by another resource or "
        "it\u2019s associated with another resource.",
    )
