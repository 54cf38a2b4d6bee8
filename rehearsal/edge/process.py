"""The edge process: takes routing tables over its control socket and carries traffic."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from rehearsal.clock import Clock
from rehearsal.edge.firewall import Firewall
from rehearsal.edge.gateway.front import Front
from rehearsal.edge.gateway.onward import Onward
from rehearsal.edge.gateway.routes import gateways
from rehearsal.edge.health import Monitor, State
from rehearsal.edge.mesh.front import Mesh
from rehearsal.edge.mesh.routes import proxies
from rehearsal.edge.plane import Plane
from rehearsal.edge.proxy import Proxy
from rehearsal.edge.routes import Listener, Table, Target, table
from rehearsal.edge.stats import Stats
from rehearsal.edge.tls import ServerContext
from rehearsal.edge.upstream import Upstream
from rehearsal.metrics.store import MINUTE

#: Real seconds between reports of what was counted, at most: a minute that is over is told of at once.
REPORT_EVERY = 0.2
#: Seconds that an idle connection of a client is kept; the load balancer's default idle timeout.
KEPT_FOR = 60.0
LINE_LIMIT = 64 * 1024 * 1024
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Port:
    """An open listener."""

    def __init__(self, server: asyncio.Server, web_server: web.Server, tls: ServerContext | None) -> None:
        self.server = server
        self.web_server = web_server
        self.tls = tls

    async def close(self) -> None:
        """Take no more connections, let requests in flight end."""
        self.server.close()
        await self.web_server.shutdown(timeout=KEPT_FOR)


class Edge:
    """All load balancers, API Gateway, and the proxies of Service Connect.

    Args:
        clock: virtual time.
        send: sends a message to the control process.
    """

    def __init__(self, clock: Clock, send: Any) -> None:
        self.send = send
        self.clock = clock
        self.stats = Stats(clock)
        self.upstream = Upstream(clock)
        self.monitor = Monitor(clock, self._tell_health)
        self.plane = Plane(self.stats, self.monitor, self.upstream, Firewall(self.stats).judge)
        self.ports: dict[tuple[str, str], Port] = {}
        self.bound: dict[str, tuple[str, int]] = {}
        self.front = Front(self.plane, Onward(self.bound, self.plane.sources, self._root), clock, self.stats.accessed)
        self.mesh = Mesh(self.upstream, clock, self.stats)
        self._closing: set[asyncio.Task[None]] = set()

    async def open_proxy(self, port: int) -> int:
        """Open the forward proxy, on a free port when ``port`` is 0, and return its port."""
        proxy = Proxy(lambda: self.plane.table, self.bound, self.plane.sources)
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", port, limit=65536)
        return int(server.sockets[0].getsockname()[1])

    async def take(self, new: Table) -> None:
        """Route by a new table from now on; requests in flight keep what they chose."""
        self.plane.table = new
        self.monitor.follow(new)
        wanted = {
            (one.arn, one.protocol): (b.address, one, self.plane.handler(b.arn, one.arn))
            for b in new.balancers.values()
            for one in b.listeners
        }
        for gateway in new.gateways.values():
            one = gateway.listener
            wanted[one.arn, one.protocol] = (gateway.address, one, self.front.handler(gateway.arn))
        for key in set(self.ports) - set(wanted):
            self._close(key)
        for key, (address, listener, handler) in wanted.items():
            if key not in self.ports:
                await self._open(key, address, listener, handler)
            elif (tls := self.ports[key].tls) is not None:
                tls.update(listener)

    async def _open(self, key: tuple[str, str], address: str, listener: Listener, handler: Handler) -> None:
        if listener.protocol == "HTTPS" and not listener.certificates:
            return
        tls = ServerContext(listener) if listener.protocol == "HTTPS" else None
        web_server = web.Server(handler, access_log=None, keepalive_timeout=KEPT_FOR)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(web_server, address, 0, ssl=tls.context if tls else None)
        self.ports[key] = Port(server, web_server, tls)
        self.bound[listener.arn] = server.sockets[0].getsockname()[:2]

    def _root(self) -> str:
        return next((one.trusted for one in self.plane.table.gateways.values()), "")

    def _close(self, key: tuple[str, str]) -> None:
        self.bound.pop(key[0], None)
        closing = asyncio.create_task(self.ports.pop(key).close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _tell_health(self, group: str, target: Target, state: State) -> None:
        self.send({"health": [group, target.key, state.state, state.reason, state.description]})

    async def report(self) -> None:
        """Send what was counted, for ever."""
        while True:
            await asyncio.sleep(min(REPORT_EVERY, self.clock.real(MINUTE - self.clock.now() % MINUTE)))
            for balancer in self.plane.table.balancers.values():
                keys = [key for key in self.ports if key[0] in {one.arn for one in balancer.listeners}]
                number = sum(len(self.ports[key].web_server.connections) for key in keys)
                self.stats.connected(balancer.dimension, number)
            fetched = self.stats.fetch()
            if any(fetched.values()):
                self.send({"stats": fetched})


async def run(control_socket: str, clock: Clock, proxy_port: int) -> None:
    """Serve until the control process closes the socket."""
    reader, writer = await asyncio.open_unix_connection(control_socket, limit=LINE_LIMIT)

    def send(message: dict[str, Any]) -> None:
        writer.write(json.dumps(message).encode() + b"\n")

    edge = Edge(clock, send)
    await edge.upstream.open()
    send({"proxy": await edge.open_proxy(proxy_port)})
    reporting = asyncio.create_task(edge.report())
    while line := await reader.readline():
        order = json.loads(line)
        try:
            await edge.take(table(order["table"], gateways(order["table"]["gateways"])))
            await edge.mesh.follow(proxies(order["table"]["mesh"]))
            send({"taken": order["number"], "bound": edge.bound})
        except Exception as error:  # noqa: BLE001  a table that cannot be taken must not end the traffic of the others
            send({"taken": order["number"], "bound": edge.bound, "error": f"{type(error).__name__}: {error}"})
    reporting.cancel()
    edge.monitor.stop()
    await edge.upstream.close()
