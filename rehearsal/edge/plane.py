"""The data plane: what happens to a request between a listener and a target."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from rehearsal.edge import answers, headers
from rehearsal.edge.balance import Balance, Choice, choose_group
from rehearsal.edge.conditions import SOMEONE, Request
from rehearsal.edge.firewall import Protected
from rehearsal.edge.health import Monitor
from rehearsal.edge.routes import Balancer, Listener, Table, Target, TargetGroup
from rehearsal.edge.stats import Stats
from rehearsal.edge.upstream import Failure, Upstream

Judge = Callable[[Protected, Request], int | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request with where it arrived, as routing stood at that moment."""

    table: Table
    balancer: Balancer
    listener: Listener
    request: Request
    raw: web.BaseRequest


class Plane:
    """Carries requests.

    Args:
        stats: counts.
        monitor: knows who is healthy.
        upstream: connections to targets.
        judge: returns the status with which a web ACL refuses a request, or ``None``.
    """

    def __init__(self, stats: Stats, monitor: Monitor, upstream: Upstream, judge: Judge) -> None:
        self.table = Table()
        self.stats = stats
        self.balance = Balance(monitor.healthy)
        self.upstream = upstream
        self.judge = judge
        self.sources: dict[Any, str] = {}

    def handler(self, balancer: str, listener: str) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """Return what serves the requests of one listener."""

        async def serve(raw: web.BaseRequest) -> web.StreamResponse:
            arrival = self._arrival(balancer, listener, raw)
            if arrival is None:
                return answers.error(503)
            response = await self._answer(arrival)
            if not response.prepared:
                headers.apply_listener(response.headers, arrival.listener.attributes)
            return response

        return serve

    def _arrival(self, balancer_arn: str, listener_arn: str, raw: web.BaseRequest) -> Arrival | None:
        table = self.table
        balancer = table.balancers.get(balancer_arn)
        listener = next((one for one in balancer.listeners if one.arn == listener_arn), None) if balancer else None
        if balancer is None or listener is None:
            return None
        return Arrival(table, balancer, listener, self.request(raw), raw)

    def request(self, raw: web.BaseRequest) -> Request:
        """Return what rules look at of a request, with the address of the client that the connection is made for."""
        peer = raw.transport.get_extra_info("peername") if raw.transport else None
        path, _, query = headers.origin_form(raw.raw_path).partition("?")
        host = raw.headers.get("Host", "").lower().rpartition("@")[2].partition(":")[0]
        return Request(raw.method, host, path, query, raw.headers, self.sources.get(peer, SOMEONE))

    async def _answer(self, arrival: Arrival) -> web.StreamResponse:
        refused = self.judge(arrival.balancer, arrival.request)
        if refused:
            return self._own_error(arrival, refused)
        action = arrival.listener.rule(arrival.request).action
        if action["Type"] == "fixed-response":
            self.stats.count(arrival.balancer.dimension, "HTTP_Fixed_Response_Count")
            return answers.fixed(action["FixedResponseConfig"])
        if action["Type"] == "redirect":
            self.stats.count(arrival.balancer.dimension, "HTTP_Redirect_Count")
            port, protocol = arrival.listener.port, arrival.listener.protocol
            return answers.redirect(action["RedirectConfig"], arrival.request, protocol, port)
        return await self._forward(arrival, action)

    async def _forward(self, arrival: Arrival, action: Mapping[str, Any]) -> web.StreamResponse:
        cookies = _cookies(arrival.raw)
        choice = choose_group(action, cookies)
        group = arrival.table.groups.get(choice.group) if choice else None
        target = self.balance.choose_target(group, choice, cookies) if group and choice else None
        if choice is None or group is None or target is None:
            return self._own_error(arrival, 503)
        key = (group.arn, target.key)
        self.balance.in_flight[key] += 1
        try:
            return await self._exchange(arrival, group, target, choice)
        finally:
            self.balance.in_flight[key] -= 1

    async def _exchange(
        self, arrival: Arrival, group: TargetGroup, target: Target, choice: Choice
    ) -> web.StreamResponse:
        balancer, stats = arrival.balancer.dimension, self.stats
        stats.count_both(balancer, group.dimension, "RequestCount")
        started = time.perf_counter()

        def begun(status: int, passed: CIMultiDict[str]) -> None:
            stats.answered(balancer, group.dimension, status, time.perf_counter() - started)
            _set_cookies(passed, choice)
            headers.apply_listener(passed, arrival.listener.attributes)

        try:
            return await self.upstream.exchange(
                arrival.raw, self._passed(arrival), arrival.balancer, group, target, begun
            )
        except Failure as failure:
            if failure.connecting:
                stats.count_both(balancer, group.dimension, "TargetConnectionErrorCount")
            return self._own_error(arrival, failure.status)
        except (ConnectionResetError, asyncio.CancelledError):
            stats.failed(balancer, 460)
            raise

    def _passed(self, arrival: Arrival) -> CIMultiDict[str]:
        listener, attributes = arrival.listener, arrival.balancer.attributes
        source = arrival.request.source
        return headers.to_target(arrival.raw.headers, attributes, source, listener.protocol, listener.port)

    def _own_error(self, arrival: Arrival, status: int) -> web.Response:
        self.stats.failed(arrival.balancer.dimension, status)
        return answers.error(status)


def _cookies(raw: web.BaseRequest) -> Mapping[str, str]:
    return raw.cookies if "Cookie" in raw.headers else {}


def _set_cookies(passed: CIMultiDict[str], choice: Choice) -> None:
    """Set each cookie twice: also for requests from other sites, as browsers have demanded since 2020."""
    for name, (value, seconds) in choice.cookies.items():
        cookie = f"={value}; Max-Age={seconds}; Path=/"
        passed.add("Set-Cookie", f"{name}{cookie}")
        passed.add("Set-Cookie", f"{name}CORS{cookie}; SameSite=None; Secure")
