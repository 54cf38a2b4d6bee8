"""What happens to a request that a task makes to a name of its namespace."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from rehearsal.clock import Clock
from rehearsal.edge import headers
from rehearsal.edge.mesh.outliers import Outliers
from rehearsal.edge.mesh.routes import Endpoint, Proxy, Target
from rehearsal.edge.stats import Stats
from rehearsal.edge.upstream import CONNECTS_WITHIN, Failure, Upstream

#: Connections that are tried after the first one failed.
RETRIES = 2
HTTP = 80


@dataclass
class Open:
    """A proxy that listens."""

    proxy: Proxy
    outliers: Outliers
    turns: Counter[str] = field(default_factory=Counter)
    server: asyncio.Server | None = None

    def chosen(self, endpoint: Endpoint, tried: set[str]) -> Target | None:
        """Return whose turn it is, of those that were not tried for this request; ``None`` when nobody is there."""
        serving = _of_one_revision(endpoint)
        targets = self.outliers.left([one for one in serving if one.id not in tried] or serving)
        self.turns[endpoint.name] += 1
        return targets[self.turns[endpoint.name] % len(targets)] if targets else None


class Mesh:
    """All proxies.

    Args:
        upstream: connections to tasks.
        clock: virtual time; what a task has to answer is real time, since a process knows no other.
        stats: counts.
    """

    def __init__(self, upstream: Upstream, clock: Clock, stats: Stats) -> None:
        self.upstream = upstream
        self.clock = clock
        self.stats = stats
        self._open: dict[str, Open] = {}

    async def follow(self, wanted: Mapping[str, Proxy]) -> None:
        """Open, change and close proxies; requests in flight keep what they chose."""
        for name in set(self._open) - set(wanted):
            self._close(self._open.pop(name))
        for name, proxy in wanted.items():
            if name in self._open:
                self._open[name].proxy = proxy
            else:
                await self._start(name, proxy)

    async def _start(self, name: str, proxy: Proxy) -> None:
        one, loop = Open(proxy, Outliers(self.clock)), asyncio.get_running_loop()
        one.server = await loop.create_server(web.Server(self.handler(one), access_log=None), proxy.address, proxy.port)
        self._open[name] = one

    @staticmethod
    def _close(one: Open) -> None:
        if one.server:
            one.server.close()

    def handler(self, one: Open) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """Return what serves the requests of one task."""

        async def serve(raw: web.BaseRequest) -> web.StreamResponse:
            url = urlsplit(raw.raw_path if "//" in raw.raw_path else f"http://{raw.host}{raw.raw_path}")
            proxy, port = one.proxy, url.port or HTTP
            endpoint = proxy.endpoint(url.hostname or "", port)
            if endpoint is None:
                names = ", ".join(f"{each.name}:{each.port}" for each in proxy.endpoints) or "none"
                return _text(502, f"{url.hostname}:{port} is no name that this task knows; it knows {names}")
            begun, path = time.perf_counter(), url.path + (f"?{url.query}" if url.query else "")
            response = await self._answer(one, endpoint, raw, path or "/")
            self._count(proxy, endpoint, response.status, time.perf_counter() - begun)
            self._write(endpoint, raw, path, response, time.perf_counter() - begun)
            return response

        return serve

    async def _answer(self, one: Open, endpoint: Endpoint, raw: web.BaseRequest, path: str) -> web.StreamResponse:
        try:
            async with asyncio.timeout(endpoint.seconds or None):
                return await self._tried(one, endpoint, raw, path)
        except TimeoutError:
            if raw.writer.output_size:  # its head is out already: all that can be said is the end
                raise ConnectionResetError from None
            return _text(504, "upstream request timeout")

    async def _tried(self, one: Open, endpoint: Endpoint, raw: web.BaseRequest, path: str) -> web.StreamResponse:
        tried: set[str] = set()
        for _ in range(1 + RETRIES):
            target = one.chosen(endpoint, tried)
            if target is None:
                return _text(503, "no healthy upstream")
            try:
                return await self._sent(endpoint, target, raw, path)
            except Failure as failure:
                if not failure.connecting:
                    break
                one.outliers.failed(target)
                tried.add(target.id)
        return _text(503, "upstream connect error or disconnect/reset before headers")

    async def _sent(self, endpoint: Endpoint, target: Target, raw: web.BaseRequest, path: str) -> web.StreamResponse:
        if not target.reachable:
            await asyncio.sleep(self.clock.real(CONNECTS_WITHIN))
            raise Failure(504, connecting=True)
        url = URL(f"http://{target.address}:{target.port}{path}", encoded=True)
        passed: CIMultiDict[str] = headers.to_client(raw.headers)
        return await self.upstream.carry(raw, url, passed, endpoint.idle or None, lambda _status, _passed: None)

    def _count(self, proxy: Proxy, endpoint: Endpoint, status: int, seconds: float) -> None:
        place = (proxy.region, proxy.cluster, proxy.service, endpoint.server, endpoint.discovery)
        self.stats.meshed(place, status, seconds)

    def _write(
        self, endpoint: Endpoint, raw: web.BaseRequest, path: str, response: web.StreamResponse, seconds: float
    ) -> None:
        if endpoint.log is None:
            return
        record = {
            "start_time": datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="milliseconds"),
            "method": raw.method,
            "path": path if endpoint.log["query"] else path.partition("?")[0],
            "protocol": "HTTP/1.1",
            "response_code": response.status,
            "duration": round(seconds * 1000),
            "authority": f"{endpoint.name}:{endpoint.port}",
            "user_agent": raw.headers.get("User-Agent", "-"),
        }
        self.stats.accessed({**{k: endpoint.log[k] for k in ("group", "stream")}, "line": json.dumps(record)})


def _of_one_revision(endpoint: Endpoint) -> list[Target]:
    """Return the tasks that a call may go to: while a deployment moves calls, those of the revision it falls to."""
    if not endpoint.shares:
        return list(endpoint.targets)
    there = {one.revision for one in endpoint.targets}
    shares = {name: share for name, share in endpoint.shares.items() if share and name in there}
    chosen = random.choices(list(shares), list(shares.values())) if shares else []  # noqa: S311  no secret
    return [one for one in endpoint.targets if one.revision in chosen]


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)
