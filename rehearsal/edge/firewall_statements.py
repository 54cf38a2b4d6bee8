"""Statements of a web ACL's own rules: addresses, countries, paths and rates, and what joins them.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from rehearsal.clock import Clock
from rehearsal.edge.conditions import SOMEONE, Request

#: Countries of addresses that are nobody's (RFC 5737), for clients that say where they come from; others are in the US.
COUNTRIES = {"203.0.113.0/24": "DE", "192.0.2.0/24": "KP"}
ELSEWHERE = "US"
WINDOW = 300
Statement = Mapping[str, Any]
Exceeds = Callable[[Request, Statement], bool]


class Rates:
    """Requests of each address in the windows of rate-based rules.

    AWS estimates, and looks every ten seconds; here each request is counted at once. Clients that do not say who they
    are stand for many: they exceed nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._seen: defaultdict[tuple[str, str, str], deque[float]] = defaultdict(deque)

    def of(self, acl: str, rule: Mapping[str, Any]) -> Exceeds:
        """Return what says whether a request's address is above a rule's limit."""

        def exceeds(request: Request, statement: Statement) -> bool:
            seen, now = self._seen[acl, rule["Name"], request.source], self.clock.now()
            seen.append(now)
            while seen[0] <= now - statement.get("EvaluationWindowSec", WINDOW):
                seen.popleft()
            return len(seen) > statement["Limit"] and request.source != SOMEONE

        return exceeds


def country(source: str) -> str:
    """Return the country of an address."""
    address = ipaddress.ip_address(source)
    return next((code for block, code in COUNTRIES.items() if address in ipaddress.ip_network(block)), ELSEWHERE)


def matches(statement: Statement, request: Request, sets: Mapping[str, list[str]], exceeds: Exceeds) -> bool:
    """Say whether a statement matches a request.

    Args:
        statement: one of a rule.
        request: what came.
        sets: address blocks of IP sets, by ARN.
        exceeds: of the rule.

    Raises:
        ValueError: the statement is of a kind that is not judged here.
    """

    def match(inner: Statement) -> bool:
        return matches(inner, request, sets, exceeds)

    (kind, inner), *_ = statement.items()
    if kind == "NotStatement":
        return not match(inner["Statement"])
    if kind in {"AndStatement", "OrStatement"}:
        return (all if kind == "AndStatement" else any)(map(match, inner["Statements"]))
    if kind == "RateBasedStatement":
        return ("ScopeDownStatement" not in inner or match(inner["ScopeDownStatement"])) and exceeds(request, inner)
    if kind == "GeoMatchStatement":
        return country(request.source) in inner["CountryCodes"]
    if kind == "IPSetReferenceStatement":
        address = ipaddress.ip_address(request.source)
        return any(address in ipaddress.ip_network(block) for block in sets.get(inner["ARN"], []))
    if kind == "RegexMatchStatement" and "UriPath" in inner["FieldToMatch"]:
        return _path_matches(inner, request.path)
    raise ValueError(f"statements of kind {kind} are not judged here")


def _path_matches(statement: Statement, path: str) -> bool:
    for one in sorted(statement["TextTransformations"], key=lambda change: int(change["Priority"])):
        path = _CHANGES[one["Type"]](path)
    return bool(re.search(statement["RegexString"], path))


def _normal(path: str) -> str:
    return posixpath.normpath(path).replace("//", "/")


_CHANGES: dict[str, Callable[[str], str]] = {
    "LOWERCASE": str.lower,
    "NONE": str,
    "NORMALIZE_PATH": _normal,
    "URL_DECODE": unquote,
}
