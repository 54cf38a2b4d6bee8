"""The forward proxy: gives clients outside of the cloud its names.

``curl https://web.dev.example.com/`` with HTTPS_PROXY set reaches the listener that Route 53's records lead to.
The user in the proxy's URL is the client's address: with ``http://10.0.0.10@127.0.0.1:3128`` it is inside of a VPC.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from rehearsal.edge.names import Unreachable, find, source_of
from rehearsal.edge.routes import Table

HEAD_LIMIT = 65536
_LINE = re.compile(rb"([A-Z]+) (\S+) (HTTP/1\.[01])\r\n")
_USER = re.compile(rb"\r\nproxy-authorization: *basic +(\S+)", re.IGNORECASE)
_DROPPED = re.compile(rb"\r\n(?:proxy-[a-z]+|connection|keep-alive):[^\r]*", re.IGNORECASE)


class Proxy:
    """Serves CONNECT, and plain HTTP in absolute form.

    Args:
        table: returns the current routing table.
        bound: addresses of the listeners that are open.
        sources: gets the client's address for each connection made on its behalf.
    """

    def __init__(
        self,
        table: Callable[[], Table],
        bound: Mapping[str, tuple[str, int]],
        sources: MutableMapping[Any, str],
    ) -> None:
        self.table = table
        self.bound = bound
        self.sources = sources

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            try:
                await self._connect(head, reader, writer)
            except Unreachable as error:
                writer.write(_refusal(str(error)))
                await writer.drain()
        writer.close()

    async def _connect(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _LINE.match(head)
        if line is None:
            raise Unreachable(
                "this is the forward proxy of the local cloud; it takes CONNECT and absolute http:// URLs"
            )
        method, target = line[1].decode(), line[2].decode()
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        source = _source(head)
        address = self._resolve(url.hostname or "", url.port or 80, source)
        try:
            inner_reader, inner = await asyncio.open_connection(*address)
        except OSError as error:
            raise Unreachable(f"{target}: {error}") from error
        own = inner.get_extra_info("sockname")
        self.sources[own] = source
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                inner.write(_origin_form(head, method, url.path or "/", url.query))
            await asyncio.gather(_copy(reader, inner), _copy(inner_reader, writer))
        finally:
            self.sources.pop(own, None)
            inner.close()

    def _resolve(self, host: str, port: int, source: str) -> tuple[str, int]:
        way = find(self.table(), host, port, source)
        if not way.listener:
            return way.address, way.port
        if way.listener not in self.bound:
            raise Unreachable(f"{host}:{port}: the listener is not open; has it a certificate?")
        return self.bound[way.listener]


def _source(head: bytes) -> str:
    found = _USER.search(head)
    try:
        return source_of(base64.b64decode(found[1]).decode().partition(":")[0] if found else "")
    except ValueError:
        return source_of("")


def _origin_form(head: bytes, method: str, path: str, query: str) -> bytes:
    """Return a request's head as a server wants it; one connection carries one, since the next may go elsewhere."""
    rest = _DROPPED.sub(b"", head[head.index(b"\r\n") :])
    target = path + (f"?{query}" if query else "")
    return f"{method} {target} HTTP/1.1\r\nConnection: close".encode() + rest


def _refusal(text: str) -> bytes:
    body = f"{text}\n".encode()
    lines = (
        "HTTP/1.1 502 Bad Gateway",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    head = "\r\n".join((*lines, "\r\n"))
    return head.encode() + body


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends; a half-closed connection ends both ways, as it does for TLS."""
    with contextlib.suppress(OSError):
        while data := await reader.read(HEAD_LIMIT):
            writer.write(data)
            await writer.drain()
    writer.close()
