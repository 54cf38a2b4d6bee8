"""What a browser would see before any service answers: TLS, certificate, headers and the way from HTTP to HTTPS."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from .checks import Check, check
from .http_session import Session

TLS_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
DAY = 86400.0
MOVED = (301, 308)
Finding = tuple[bool, object]


@dataclass(frozen=True)
class Expected:
    """What every HTTPS origin must show.

    Attributes:
        tls: the lowest protocol version allowed, e.g. ``TLSv1.2``.
        days_left: how long its certificate must at least be valid.
        headers: wanted on every response, by lower-case name; an empty value wants none.
    """

    tls: str
    days_left: int
    headers: Mapping[str, str]


def edge_checks(suite: str, url: str, expected: Expected, timeout: float) -> Iterator[Check]:
    """Check one HTTPS origin; ``timeout`` in real seconds for each step of a request."""
    lowest, days = expected.tls, expected.days_left
    yield _told(suite, f"speaks {lowest} or newer with a certificate we trust", lambda: _protocol(url, lowest, timeout))
    yield _told(suite, f"its certificate lasts {days} days or longer", lambda: _lasts(url, days, timeout))
    yield _told(suite, "HTTP redirects to HTTPS", lambda: _redirects(url, timeout))
    for name, value in expected.headers.items():
        yield _told(suite, f"header {name} is as declared", partial(_header, url, name, value, timeout))


def answers(suite: str, url: str, path: str, status: int, timeout: float) -> Check:
    """Check that the service itself says that it is ready, or that nobody outside may ask it."""

    def ready() -> Finding:
        with Session(url, timeout) as session:
            answer = session.request("GET", path)
        return answer.status == status, f"{answer.status} {answer.body[:200].decode(errors='replace')}"

    return _told(suite, f"{path} answers {status}", ready)


def _told(suite: str, name: str, look: Callable[[], Finding]) -> Check:
    started = time.perf_counter()
    try:
        holds, found = look()
    except (OSError, http.client.HTTPException) as error:
        holds, found = False, f"{type(error).__name__}: {error}"
    problem = check(suite, name, holds=holds, found=found).problem
    return Check(suite, name, problem, time.perf_counter() - started)


def _protocol(url: str, lowest: str, timeout: float) -> Finding:
    with Session(url, timeout) as session:
        version, _ = session.tls()
    return version in TLS_VERSIONS[TLS_VERSIONS.index(lowest) :], version


def _lasts(url: str, days: int, timeout: float) -> Finding:
    with Session(url, timeout) as session:
        _, certificate = session.tls()
    left = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / DAY
    return left >= days, f"{left:.0f} days left"


def _redirects(url: str, timeout: float) -> Finding:
    host = urlsplit(url).hostname
    with Session(f"http://{host}", timeout) as session:
        answer = session.request("GET", "/")
    target = urlsplit(answer.headers.get("location", ""))
    holds = answer.status in MOVED and target.scheme == "https" and target.hostname == host
    return holds, f"{answer.status} to {answer.headers.get('location', 'nowhere')}"


def _header(url: str, name: str, value: str, timeout: float) -> Finding:
    with Session(url, timeout) as session:
        answer = session.request("GET", "/")
    return answer.headers.get(name, "") == value, answer.headers.get(name, "no such header")
