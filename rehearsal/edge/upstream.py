"""Connections to targets, kept alive between requests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from rehearsal.clock import Clock
from rehearsal.edge import headers
from rehearsal.edge.routes import Balancer, Target, TargetGroup

#: Seconds that an Application Load Balancer gives a target to accept a connection.
CONNECTS_WITHIN = 10.0
#: Bodies up to this size are passed on in one piece.
SMALL = 256 * 1024
Begun = Callable[[int, CIMultiDict[str]], None]


class Failure(Exception):  # noqa: N818  what happened, not a defect of ours
    """A target gave no answer.

    Args:
        status: what the client is told.
        connecting: whether no connection came about.
    """

    def __init__(self, status: int, *, connecting: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.connecting = connecting


class _Unadorned(web.StreamResponse):
    """A response to whose headers nothing is added."""

    async def _prepare_headers(self) -> None:
        had_server = "Server" in self.headers
        had_type = "Content-Type" in self.headers
        await super()._prepare_headers()
        if not had_server:
            self.headers.popall("Server", None)
        if not had_type:
            self.headers.popall("Content-Type", None)


class Streamed(_Unadorned):
    """A target's response that is passed on as it comes."""


class Whole(_Unadorned, web.Response):
    """A target's response with a small body, which goes out in one piece."""


class Upstream:
    """The client side of the data plane.

    Args:
        clock: scales the wait for targets that no packet reaches; what a process does takes real time.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        # A load balancer does not verify the certificates of its targets.
        self._unverified = ssl.create_default_context()
        self._unverified.check_hostname, self._unverified.verify_mode = False, ssl.CERT_NONE
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready, within the event loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._unverified, keepalive_timeout=60, use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            max_line_size=65536,
            max_field_size=65536,
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    async def exchange(  # noqa: PLR0913, PLR0917  one request has so many sides
        self,
        raw: web.BaseRequest,
        passed: CIMultiDict[str],
        balancer: Balancer,
        group: TargetGroup,
        target: Target,
        begun: Begun,
    ) -> web.StreamResponse:
        """Send a request to a target and its response to the client.

        Raises:
            Failure: the target gave no answer, or none that is HTTP.
        """
        if not target.reachable:
            await asyncio.sleep(self.clock.real(CONNECTS_WITHIN))
            raise Failure(504, connecting=True)
        idle = float(balancer.attributes.get("idle_timeout.timeout_seconds", 60))
        path = headers.origin_form(raw.raw_path)
        url = URL(f"{group.protocol.lower()}://{target.address}:{target.port}{path}", encoded=True)
        return await self.carry(raw, url, passed, idle, begun)

    async def carry(
        self, raw: web.BaseRequest, url: URL, passed: CIMultiDict[str], idle: float | None, begun: Begun
    ) -> web.StreamResponse:
        """Send a request to a URL and its response to the client.

        Raises:
            Failure: there was no answer, or none that is HTTP.
        """
        started = False
        try:
            async with self._send(raw, url, passed, idle) as answer:
                started, response = True, await _receive(raw, answer, begun)
                return response
        except aiohttp.ClientConnectorError as error:
            raise Failure(502, connecting=True) from error
        except TimeoutError as error:
            raise Failure(504, connecting=isinstance(error, aiohttp.ConnectionTimeoutError)) from error
        except aiohttp.ClientError as error:
            if started and raw.writer.output_size:  # its head is out already: all that can be said is the end
                raise ConnectionResetError from error
            raise Failure(502) from error

    def _send(self, raw: web.BaseRequest, url: URL, passed: CIMultiDict[str], idle: float | None) -> Any:
        assert self._session is not None  # noqa: S101  opened before the first listener
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTS_WITHIN, sock_read=idle)
        body = raw.content if raw.body_exists else None
        return self._session.request(raw.method, url, headers=passed, data=body, allow_redirects=False, timeout=timeout)


async def _receive(raw: web.BaseRequest, answer: aiohttp.ClientResponse, begun: Begun) -> web.StreamResponse:
    passed = headers.to_client(answer.headers)
    begun(answer.status, passed)
    length = answer.content_length
    if length is not None and length <= SMALL:
        return Whole(status=answer.status, reason=answer.reason, headers=passed, body=await answer.read())
    response = Streamed(status=answer.status, reason=answer.reason, headers=passed)
    await response.prepare(raw)
    async for chunk in answer.content.iter_any():
        await response.write(chunk)
    await response.write_eof()
    return response
