"""Requests from API Gateway to a load balancer's listener, through a VPC link."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from rehearsal.edge import headers
from rehearsal.edge.gateway.mapping import Message


class Unavailable(Exception):  # noqa: N818  what happened, not a defect of ours
    """An integration that gave no answer.

    Args:
        status: what the client is told.
        message: what it reads.
        reason: what the log says.
    """

    def __init__(self, status: int, message: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.message = message


@dataclass
class Answer:
    """What an integration answered, whole."""

    status: int
    headers: CIMultiDict[str]
    body: bytes


class Onward:
    """The client side of API Gateway.

    Args:
        bound: addresses of the listeners that are open.
        sources: gets the address in the VPC for each connection made from a link.
        trusted: returns the PEM of the root that signs the cloud's certificates.
    """

    def __init__(
        self,
        bound: Mapping[str, tuple[str, int]],
        sources: MutableMapping[Any, str],
        trusted: Callable[[], str],
    ) -> None:
        self.bound = bound
        self.sources = sources
        self.trusted = trusted
        self._context: tuple[str, ssl.SSLContext] | None = None

    async def send(self, integration: Mapping[str, Any], method: str, message: Message, body: bytes) -> Answer:
        """Send a request and return the answer.

        Raises:
            Unavailable: the link does not lead there, nobody listens, or it takes too long.
        """
        address = self.bound.get(integration["uri"])
        if not integration["link"] or address is None:
            raise Unavailable(503, "Service Unavailable", "the VPC link does not reach the listener")
        try:
            return await self._exchanged(integration, address, method, message, body)
        except TimeoutError as error:
            raise Unavailable(504, "Endpoint request timed out", "timed out") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(503, "Service Unavailable", f"{type(error).__name__}: {error}") from error

    async def _exchanged(
        self, integration: Mapping[str, Any], address: tuple[str, int], method: str, message: Message, body: bytes
    ) -> Answer:
        own: list[Any] = []

        def connected(_info: Any) -> socket.socket:
            made = socket.socket()
            made.setblocking(False)  # noqa: FBT003  its only parameter
            made.bind(("127.0.0.1", 0))
            own.append(made.getsockname())
            self.sources[own[-1]] = integration["link"]
            return made

        query = f"?{message.query}" if message.query else ""
        url = URL(f"https://{address[0]}:{address[1]}{message.path}{query}", encoded=True)
        connector = aiohttp.TCPConnector(ssl=self._verified(), socket_factory=connected, force_close=True)
        timeout = aiohttp.ClientTimeout(total=integration["seconds"])
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=timeout,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                ) as session,
                session.request(
                    method,
                    url,
                    headers=message.headers,
                    data=body or None,
                    allow_redirects=False,
                    server_hostname=integration["server"] or None,
                ) as answer,
            ):
                return Answer(answer.status, headers.to_client(answer.headers), await answer.read())
        finally:
            for name in own:
                self.sources.pop(name, None)

    def _verified(self) -> ssl.SSLContext:
        root = self.trusted()
        if self._context is None or self._context[0] != root:
            context = ssl.create_default_context()
            context.load_verify_locations(cadata=root)
            self._context = (root, context)
        return self._context[1]
