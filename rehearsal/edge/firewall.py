"""Web ACLs: what AWS WAF does with a request before a rule of the load balancer sees it.

Of AWS's managed groups a small subset stands here, by the names of AWS's rules; it looks at path, query and user agent.
Rate limits, countries and reputation lists are not judged.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from rehearsal.edge.conditions import Request
from rehearsal.edge.routes import Balancer
from rehearsal.edge.stats import Stats

FORBIDDEN = 403
LONGEST_QUERY = 2048
Match = Callable[[Request], bool]


def _in_query(pattern: str) -> Match:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda request: bool(expression.search(unquote_plus(request.query)))


def _in_path(pattern: str) -> Match:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda request: bool(expression.search(unquote_plus(request.path)))


#: By managed group, its rules by AWS's names.
GROUPS: dict[str, dict[str, Match]] = {
    "AWSManagedRulesCommonRuleSet": {
        "NoUserAgent_HEADER": lambda request: not request.headers.get("User-Agent"),
        "SizeRestrictions_QUERYSTRING": lambda request: len(request.query) > LONGEST_QUERY,
        "GenericLFI_QUERYARGUMENTS": _in_query(r"\.\./\.\./"),
        "CrossSiteScripting_QUERYARGUMENTS": _in_query(r"<script\b|\bon(error|load|click)\s*=|javascript:"),
    },
    "AWSManagedRulesSQLiRuleSet": {
        "SQLi_QUERYARGUMENTS": _in_query(
            r"'\s*(or|and)\s+['\d]|\bunion\s+(all\s+)?select\b|;\s*(drop|delete|update|alter)\s|\bpg_sleep\s*\("
        ),
    },
    "AWSManagedRulesKnownBadInputsRuleSet": {
        "Log4JRCE_QUERYSTRING": _in_query(r"\$\{jndi:"),
        "ExploitablePaths_URIPATH": _in_path(r"/web-inf/"),
    },
}


class Firewall:
    """Judges requests.

    Args:
        stats: counts what it did.
    """

    def __init__(self, stats: Stats) -> None:
        self.stats = stats

    def judge(self, balancer: Balancer, request: Request) -> int | None:
        """Return 403 for a request that the balancer's web ACL blocks."""
        acl = balancer.firewall
        if acl is None:
            return None
        for rule in acl["rules"]:
            action = _action(rule, request)
            if action:
                self._count(acl, rule, action)
            if action == "Block":
                return FORBIDDEN
        return FORBIDDEN if "Block" in acl["default"] else None

    def _count(self, acl: Mapping[str, Any], rule: Mapping[str, Any], action: str) -> None:
        metric = {"Block": "BlockedRequests", "Count": "CountedRequests"}[action]
        names = [rule["VisibilityConfig"]["MetricName"], *(["ALL"] if action == "Block" else [])]
        for name in names:
            self.stats.judged(acl["name"], name, metric)


def _action(rule: Mapping[str, Any], request: Request) -> str:
    """Return what a managed group does with a request: ``Block``, ``Count`` or nothing."""
    group = rule["Statement"].get("ManagedRuleGroupStatement", {})
    overrides = {one["Name"]: one["ActionToUse"] for one in group.get("RuleActionOverrides") or ()}
    hits = [name for name, match in GROUPS.get(group.get("Name", ""), {}).items() if match(request)]
    if not hits:
        return ""
    counted = "Count" in (rule.get("OverrideAction") or {}) or all("Count" in overrides.get(name, {}) for name in hits)
    return "Count" if counted else "Block"
