"""Web ACLs: what AWS WAF does with a request before a rule of the load balancer sees it.

Of AWS's managed groups a small subset is judged, see managed_rules.py; reputation lists match nobody.
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rules.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rehearsal.edge.conditions import Request
from rehearsal.edge.firewall_log import record
from rehearsal.edge.firewall_statements import Rates, matches
from rehearsal.edge.managed_rules import verdict
from rehearsal.edge.stats import Stats

FORBIDDEN = 403
Rule = Mapping[str, Any]
Hits = list[tuple[str, str]]


class Protected(Protocol):
    """What a web ACL may stand before: a load balancer, or a stage of a REST API."""

    @property
    def firewall(self) -> Mapping[str, Any] | None:
        """Return the web ACL."""


class Firewall:
    """Judges requests.

    Args:
        stats: counts what it did, and takes its log; rates are counted in its virtual time.
    """

    def __init__(self, stats: Stats) -> None:
        self.stats = stats
        self.rates = Rates(stats.clock)

    def judge(self, protected: Protected, request: Request) -> int | None:
        """Return the status with which the web ACL before a thing refuses a request, None when it does not."""
        acl = protected.firewall
        if acl is None:
            return None
        counted: Hits = []
        for rule in acl["rules"]:
            action = self._action(rule, request, acl)
            if not action:
                continue
            self._count(acl, rule, action)
            if action != "Count":
                return self._end(acl, request, rule, action, counted)
            counted.append((rule.get("Name", ""), action))
        return self._end(acl, request, None, "Block" if "Block" in acl["default"] else "Allow", counted)

    def _action(self, rule: Rule, request: Request, acl: Mapping[str, Any]) -> str:
        statement = rule["Statement"]
        if "ManagedRuleGroupStatement" in statement:
            return verdict(statement["ManagedRuleGroupStatement"], rule.get("OverrideAction") or {}, request)
        hit = matches(statement, request, acl.get("sets", {}), self.rates.of(acl["name"], rule))
        return next(iter(rule["Action"])) if hit else ""

    def _end(
        self, acl: Mapping[str, Any], request: Request, rule: Rule | None, action: str, counted: Hits
    ) -> int | None:
        if action == "Block" or counted or acl.get("logged"):
            self.stats.logged(record(acl, request, rule, action, counted))
        if action != "Block":
            return None
        block = ((rule or {}).get("Action") or {}).get("Block") or {}
        return int(block.get("CustomResponse", {}).get("ResponseCode", FORBIDDEN))

    def _count(self, acl: Mapping[str, Any], rule: Rule, action: str) -> None:
        metric = {"Block": "BlockedRequests", "Count": "CountedRequests", "Allow": "AllowedRequests"}[action]
        names = [rule["VisibilityConfig"]["MetricName"], *(["ALL"] if action == "Block" else [])]
        for name in names:
            self.stats.judged(acl["name"], name, metric)
