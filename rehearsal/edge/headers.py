"""Headers on their way through a load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from multidict import CIMultiDict, CIMultiDictProxy

#: What belongs to one connection (RFC 9110, 7.6.1) and is not passed on.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_VALID_NAME = re.compile(r"[A-Za-z0-9-]+")
_RESPONSE = "routing.http.response."
_SERVER = f"{_RESPONSE}server.enabled"


def origin_form(target: str) -> str:
    """Return path and query of a request's target, which may have scheme and host before them (RFC 9112, 3.2.2)."""
    if target.startswith("/"):
        return target
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def invalid(headers: CIMultiDictProxy[str]) -> bool:
    """Say whether a header's name has other than letters, digits and hyphens."""
    return not all(map(_VALID_NAME.fullmatch, headers))


def to_target(
    headers: CIMultiDictProxy[str], attributes: Mapping[str, str], source: str, protocol: str, port: int
) -> CIMultiDict[str]:
    """Return a request's headers as the target gets them."""
    drop_invalid = attributes.get("routing.http.drop_invalid_header_fields.enabled") == "true"
    passed: CIMultiDict[str] = CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in HOP_BY_HOP and not (drop_invalid and not _VALID_NAME.fullmatch(name))
    )
    _forwarded_for(passed, attributes.get("routing.http.xff_header_processing.mode", "append"), source)
    passed["X-Forwarded-Proto"] = protocol.lower()
    passed["X-Forwarded-Port"] = str(port)
    passed["X-Amzn-Trace-Id"] = trace_id(headers.get("X-Amzn-Trace-Id", ""))
    return passed


def _forwarded_for(headers: CIMultiDict[str], mode: str, source: str) -> None:
    before = headers.get("X-Forwarded-For")
    if mode == "remove":
        headers.popall("X-Forwarded-For", None)
    elif mode == "append":
        headers["X-Forwarded-For"] = f"{before}, {source}" if before else source


def trace_id(given: str) -> str:
    """Return the trace header: a root of its own, or the one given with this hop before it."""
    own = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    if not given:
        return f"Root={own}"
    rest = ";".join(part for part in given.split(";") if not part.strip().startswith("Self="))
    return f"Self={own};{rest}" if "Root=" in given else f"Root={own};{rest}"


def to_client(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return a response's headers as the client gets them, before the listener's own."""
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in HOP_BY_HOP)


def apply_listener(headers: CIMultiDict[str], attributes: Mapping[str, str]) -> None:
    """Set what the listener's attributes say on every response."""
    for name, value in attributes.items():
        if name.startswith(_RESPONSE) and name.endswith(".header_value") and value:
            header = name.removeprefix(_RESPONSE).removesuffix(".header_value").replace("_", "-").title()
            headers[header] = value
    if attributes.get(_SERVER) == "false":
        headers.popall("Server", None)
