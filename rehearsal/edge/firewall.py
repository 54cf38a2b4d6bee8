"""Web ACLs: what AWS WAF does with a request before a rule of the load balancer sees it."""

from __future__ import annotations

from aiohttp import web

from rehearsal.clock import Clock
from rehearsal.edge.conditions import Request
from rehearsal.edge.routes import Balancer
from rehearsal.edge.stats import Stats


class Firewall:
    """Judges requests."""

    def __init__(self, clock: Clock, stats: Stats) -> None:
        self.clock = clock
        self.stats = stats

    async def judge(self, balancer: Balancer, request: Request, raw: web.BaseRequest) -> int | None:
        """Return 403 for a request that the balancer's web ACL blocks."""
        del request, raw
        if balancer.firewall is None:
            return None
        return None
