"""TLS in front of PostgreSQL, which the wheel builds without it, and the VPC's rules in front of TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from rehearsal.databases.binding import PLAIN, PLUS, Exchange, Keys, NotBoundError, certificate_hash
from rehearsal.databases.peers import Ends
from rehearsal.databases.server import SUPERUSER

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
CHUNK = 65536
#: How a connection ends that was begun; the last where the server goes while it is asked for a role.
ENDS = (OSError, asyncio.IncompleteReadError, ssl.SSLError, NotBoundError, psycopg.OperationalError)
#: What the server says of an exchange.
SASL, SASL_FINAL = struct.pack("!I", 10), struct.pack("!I", 12)


@dataclass
class Front:
    """What stands at an instance's address.

    Attributes:
        address: loopback address; port: the instance's.
        backend: unix socket of the server.
        certificate: PEM chain and key.
        force_ssl: whether plain connections are refused, asked for each connection.
        admits: whether the security groups let a connection in, told by its ends as the peer sees them.
        verifier: gives what the server keeps of a role's password; without it no channel is bound.
    """

    address: str
    port: int
    backend: str
    certificate: tuple[Path, Path]
    force_ssl: Callable[[], bool]
    admits: Callable[[Ends], bool]
    verifier: Callable[[str], str | None] | None = None


class Proxy:
    """One event loop for the fronts of all instances."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._open_writers: dict[tuple[str, int], set[asyncio.StreamWriter]] = {}
        threading.Thread(target=self._loop.run_forever, name="database-proxy", daemon=True).start()

    def open(self, front: Front) -> None:
        """Begin to accept connections for an instance."""
        asyncio.run_coroutine_threadsafe(self._open(front), self._loop).result(10)

    def close(self, address: str, port: int) -> None:
        """Accept no more, and cut what is open."""
        asyncio.run_coroutine_threadsafe(self._close(address, port), self._loop).result(10)

    async def _open(self, front: Front) -> None:
        writers = self._open_writers[front.address, front.port] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.add(writer)
            with contextlib.suppress(*ENDS):
                await _serve(front, reader, writer)
            writers.discard(writer)
            writer.close()

        self._servers[front.address, front.port] = await asyncio.start_server(accept, front.address, front.port)

    async def _close(self, address: str, port: int) -> None:
        server = self._servers.pop((address, port), None)
        if server:
            server.close()
        for writer in self._open_writers.pop((address, port), set()):
            writer.close()


async def _serve(front: Front, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if not front.admits((writer.get_extra_info("peername"), writer.get_extra_info("sockname"))):
        await asyncio.sleep(3600)  # a security group drops packets: nobody answers
    encrypted, startup = await _negotiate(front, reader, writer)
    user = _parameter(startup, b"user")
    if user == SUPERUSER or (front.force_ssl() and not encrypted):
        state = "SSL encryption" if encrypted else "no encryption"
        database = _parameter(startup, b"database") or user
        _refuse(
            writer, f'no pg_hba.conf entry for host "{front.address}", user "{user}", database "{database}", {state}'
        )
        await writer.drain()
        return
    back_reader, back_writer = await asyncio.open_unix_connection(front.backend)
    back_writer.write(struct.pack("!I", len(startup) + 4) + startup)
    try:
        if encrypted and front.verifier:
            await _authenticate(front, user, (reader, writer), (back_reader, back_writer))
        await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))
    finally:
        back_writer.close()


Ways = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _authenticate(front: Front, user: str, client: Ways, server: Ways) -> None:
    """Offer to bind the channel, and carry the exchange over where the client does."""
    kind, content = await _message(server[0])
    if (kind, content) != (b"R", SASL + PLAIN + b"\0\0"):
        return _send(client[1], kind, content)
    _send(client[1], b"R", SASL + PLUS + b"\0" + PLAIN + b"\0\0")
    kind, content = await _message(client[0])
    if not content.startswith(PLUS + b"\0"):
        return _send(server[1], kind, content)
    verifier = await asyncio.to_thread(front.verifier, user) if front.verifier else None
    exchange = Exchange(certificate_hash(front.certificate[0]), Keys.of(verifier) if verifier else None)
    first = exchange.first(content[len(PLUS) + 5 :])
    _send(server[1], b"p", PLAIN + b"\0" + struct.pack("!I", len(first)) + first)
    return await _exchanged(exchange, client, server)


async def _exchanged(exchange: Exchange, client: Ways, server: Ways) -> None:
    kind, content = await _message(server[0])
    _send(client[1], kind, content[:4] + exchange.answered(content[4:]))
    kind, content = await _message(client[0])
    try:
        _send(server[1], kind, exchange.last(content))
    except NotBoundError:
        _refuse(client[1], "SCRAM channel binding check failed")
        await client[1].drain()
        raise
    kind, content = await _message(server[0])
    _send(client[1], kind, SASL_FINAL + exchange.signed() if content.startswith(SASL_FINAL) else content)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!I", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


def _send(writer: asyncio.StreamWriter, kind: bytes, content: bytes) -> None:
    writer.write(kind + struct.pack("!I", len(content) + 4) + content)


async def _negotiate(front: Front, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[bool, bytes]:
    """Answer requests for encryption; return whether it is encrypted, and the start-up message without its length."""
    encrypted = False
    while True:
        (length,) = struct.unpack("!I", await reader.readexactly(4))
        message = await reader.readexactly(length - 4)
        (code,) = struct.unpack("!I", message[:4])
        if code == SSL_REQUEST:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(_context(front.certificate))
            encrypted = True
        elif code == GSS_REQUEST:
            writer.write(b"N")
        else:
            return encrypted, message


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*certificate)
    return context


def _parameter(startup: bytes, name: bytes) -> str:
    parts = startup[4:].split(b"\0")
    pairs = dict(zip(parts[::2], parts[1::2], strict=False))
    return pairs.get(name, b"").decode()


def _refuse(writer: asyncio.StreamWriter, text: str) -> None:
    fields = b"".join(kind + value.encode() + b"\0" for kind, value in ((b"S", "FATAL"), (b"C", "28000"), (b"M", text)))
    writer.write(b"E" + struct.pack("!I", len(fields) + 5) + fields + b"\0")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError, RuntimeError, NotImplementedError):
        writer.close()
