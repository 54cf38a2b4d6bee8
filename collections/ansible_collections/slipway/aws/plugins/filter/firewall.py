"""Filters of the role firewall."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from ansible.errors import AnsibleFilterError

#: Priority of the first managed group; the rules before it have their fixed places below.
FIRST_GROUP = 100
#: What makes a path plain before it is compared.
PLAIN = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
#: How a rule does what it does: a path that is hidden looks as if it were not there.
HOW: dict[str, dict[str, Any]] = {"hidden-paths": {"CustomResponse": {"ResponseCode": 404}}}
Rule = dict[str, Any]


def web_acl_rules(
    managed_groups: list[dict[str, Any]], options: dict[str, Any], count: Collection[str], prefix: str
) -> list[Rule]:
    """Return the rules of a web ACL, complete and in order of priority.

    Args:
        managed_groups: AWS's rule groups; each has ``name``, and optionally ``vendor`` and ``count``, a list of rules
            inside the group that only count.
        options: ``allow_set`` and ``deny_set`` (ARNs of IP sets), ``deny_countries`` and ``allow_countries`` (ISO
            codes), ``rate_limit`` (requests a window and address, 0 for none) and ``rate_window`` (seconds), and
            ``hidden_paths``, which nobody outside is to see.
        count: names of rules and groups that count what they match instead of deciding about it.
        prefix: of the names of the CloudWatch metrics.

    Raises:
        AnsibleFilterError: ``count`` names a rule that there is not.
    """
    rules = [*_own_rules(options), *_group_rules(managed_groups)]
    names = [rule["Name"] for rule in rules]
    unknown = sorted(set(count) - set(names))
    if unknown:
        raise AnsibleFilterError(f"web_acl_rules: firewall_count has {unknown}; allowed are {names}")
    return [_complete(rule, prefix, count_only=rule["Name"] in count) for rule in rules]


def _own_rules(options: dict[str, Any]) -> list[Rule]:
    countries, only_from = options["deny_countries"], options["allow_countries"]
    known = [
        ("allow-addresses", 0, "Allow", options["allow_set"], _addresses(options["allow_set"])),
        ("deny-addresses", 10, "Block", options["deny_set"], _addresses(options["deny_set"])),
        ("deny-countries", 20, "Block", countries, _countries(countries)),
        ("only-countries", 30, "Block", only_from, {"NotStatement": {"Statement": _countries(only_from)}}),
        ("rate-limit", 40, "Block", options["rate_limit"], _rate(options)),
        ("hidden-paths", 50, "Block", options["hidden_paths"], _paths(options["hidden_paths"])),
    ]
    return [
        {"Name": name, "Priority": priority, "Statement": statement, "Action": {action: HOW.get(name, {})}}
        for name, priority, action, wanted, statement in known
        if wanted
    ]


def _addresses(arn: str) -> dict[str, Any]:
    return {"IPSetReferenceStatement": {"ARN": arn}}


def _countries(codes: list[str]) -> dict[str, Any]:
    return {"GeoMatchStatement": {"CountryCodes": sorted(codes)}}


def _paths(paths: list[str]) -> dict[str, Any]:
    """Return what matches the paths however they are written: encoded, in capitals, with more slashes."""
    names = "|".join(re.escape(path.strip("/").lower()) for path in paths)
    changes = [{"Priority": place, "Type": kind} for place, kind in enumerate(PLAIN)]
    field = {"FieldToMatch": {"UriPath": {}}, "TextTransformations": changes}
    return {"RegexMatchStatement": {"RegexString": f"^/+({names})/*$", **field}}


def _rate(options: dict[str, Any]) -> dict[str, Any]:
    limit, window = options["rate_limit"], options["rate_window"]
    return {"RateBasedStatement": {"Limit": limit, "EvaluationWindowSec": window, "AggregateKeyType": "IP"}}


def _group_rules(groups: list[dict[str, Any]]) -> list[Rule]:
    return [
        {
            "Name": group["name"],
            "Priority": FIRST_GROUP + 10 * place,
            "Statement": {"ManagedRuleGroupStatement": _group(group)},
            "OverrideAction": {"None": {}},
        }
        for place, group in enumerate(groups)
    ]


def _group(group: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"VendorName": group.get("vendor", "AWS"), "Name": group["name"]}
    overrides = [{"Name": name, "ActionToUse": {"Count": {}}} for name in group.get("count", [])]
    return {**statement, "RuleActionOverrides": overrides} if overrides else statement


def _complete(rule: Rule, prefix: str, *, count_only: bool) -> Rule:
    """Add what every rule has: its metric, and that it counts when told so."""
    metric = {
        "SampledRequestsEnabled": True,
        "CloudWatchMetricsEnabled": True,
        "MetricName": f"{prefix}-{rule['Name']}",
    }
    action = "OverrideAction" if "OverrideAction" in rule else "Action"
    counting: Rule = {action: {"Count": {}}} if count_only else {}
    return {**rule, **counting, "VisibilityConfig": metric}


def redacted_headers(names: list[str]) -> list[dict[str, Any]]:
    """Return the fields that WAF's log redacts for these headers, whose names WAF wants in lower case."""
    return [{"SingleHeader": {"Name": name.lower()}} for name in names]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redacted_headers": redacted_headers, "web_acl_rules": web_acl_rules}
