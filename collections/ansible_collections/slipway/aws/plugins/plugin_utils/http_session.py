"""A client's connection to one origin, kept alive, through the proxy and with the authorities of the environment."""

from __future__ import annotations

import http.client
import os
import ssl
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

TLS_PORT, PLAIN_PORT = 443, 80
#: AWS's common rules block who does not say what it is (NoUserAgent_HEADER).
AGENT = "slipway"
#: What a server answers with that has closed an idle connection just when we reused it.
CLOSED_IDLE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)
REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Answer:
    """A response, and how many real seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Session:
    """Requests to one origin over one connection.

    Proxies come from ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``, authorities from ``SSL_CERT_FILE``, as for curl.

    Args:
        url: the origin, e.g. ``https://web.example.com``.
        timeout: real seconds for each step of a request.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self.url: SplitResult = urlsplit(url)
        self.timeout = timeout
        self._connection: http.client.HTTPConnection | None = None
        self._proxied = False

    def __enter__(self) -> Self:
        """Return the session; nothing is connected yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request and read the whole response.

        Raises:
            OSError: no connection, or TLS was refused.
            http.client.HTTPException: the response made no sense.
        """
        reused = self._connection is not None
        try:
            return self._once(method, path, body, headers)
        except CLOSED_IDLE:
            self.close()
            if not reused or method not in REPEATABLE:
                raise
            return self._once(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def tls(self) -> tuple[str, dict[str, Any]]:
        """Return protocol version and certificate of the connection, opening it where there is none."""
        if self._connection is None:
            self._connection = self._open()
        if self._connection.sock is None:
            self._connection.connect()
        socket = self._connection.sock
        if not isinstance(socket, ssl.SSLSocket):
            raise TypeError(f"{self.url.geturl()} does not use TLS")
        return socket.version() or "", dict(socket.getpeercert() or {})

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = self._open()
        target = f"http://{self.url.netloc}{path}" if self._proxied and self.url.scheme == "http" else path
        started = time.perf_counter()
        self._connection.request(method, target, body, {"Host": self.url.netloc, "User-Agent": AGENT, **headers})
        response = self._connection.getresponse()
        content = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, content, time.perf_counter() - started)

    def _open(self) -> http.client.HTTPConnection:
        secure = self.url.scheme == "https"
        host, port = self.url.hostname or "", self.url.port or (TLS_PORT if secure else PLAIN_PORT)
        proxy = _proxy(self.url)
        self._proxied = proxy is not None
        near = (proxy.hostname or "", proxy.port or PLAIN_PORT) if proxy else (host, port)
        if not secure:
            return http.client.HTTPConnection(*near, timeout=self.timeout)
        context = _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        connection = http.client.HTTPSConnection(*near, timeout=self.timeout, context=context)
        if proxy:
            connection.set_tunnel(host, port)
        return connection


@cache
def _context(_file: str | None, _directory: str | None) -> ssl.SSLContext:
    """Return the context that Python makes of these variables; to read the authorities takes longer than a request."""
    return ssl.create_default_context()


def _proxy(url: SplitResult) -> SplitResult | None:
    found = urllib.request.getproxies().get(url.scheme)
    if not found or urllib.request.proxy_bypass(url.hostname or ""):
        return None
    return urlsplit(found if "//" in found else f"//{found}")
