"""A small subset of AWS's managed rule groups, by the names of AWS's rules; it looks at path, query and user agent.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from rehearsal.edge.conditions import Request

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


def verdict(group: Mapping[str, Any], override: Mapping[str, Any], request: Request) -> str:
    """Return what a managed group does with a request: ``Block``, ``Count`` or nothing."""
    overrides = {one["Name"]: one["ActionToUse"] for one in group.get("RuleActionOverrides") or ()}
    hits = [name for name, match in GROUPS.get(group.get("Name", ""), {}).items() if match(request)]
    if not hits:
        return ""
    return "Count" if "Count" in override or all("Count" in overrides.get(name, {}) for name in hits) else "Block"
