"""Answers that a load balancer gives by itself: fixed responses, redirects, errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from rehearsal.edge.conditions import Request

SERVER = "awselb/2.0"
REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    460: "Client Closed Request",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


def fixed(config: Mapping[str, Any]) -> web.Response:
    """Return a fixed response."""
    body = config.get("MessageBody", "").encode()
    kind = config.get("ContentType", "text/plain")
    headers = {"Server": SERVER, "Content-Type": f"{kind}; charset=utf-8" if body else kind}
    return web.Response(status=int(config["StatusCode"]), body=body, headers=headers)


def redirect(config: Mapping[str, Any], request: Request, protocol: str, port: int) -> web.Response:
    """Return a redirect, with placeholders such as ``#{host}`` filled from the request."""
    known = {
        "protocol": protocol.lower(),
        "host": request.host,
        "port": str(port),
        "path": request.path.lstrip("/"),
        "query": request.query,
    }

    def fill(member: str, default: str) -> str:
        return re.sub(r"#\{(\w+)\}", lambda found: known[found[1]], config.get(member) or default)

    scheme = fill("Protocol", "#{protocol}").lower()
    query = fill("Query", "#{query}")
    location = f"{scheme}://{fill('Host', '#{host}')}:{fill('Port', '#{port}')}{fill('Path', '/#{path}')}"
    headers = {"Server": SERVER, "Location": location + (f"?{query}" if query else ""), "Content-Type": "text/html"}
    status = int(config["StatusCode"].removeprefix("HTTP_"))
    return web.Response(status=status, headers=headers, body=_page(f"{status} Moved"))


def error(status: int) -> web.Response:
    """Return the page a load balancer shows for an error of its own."""
    headers = {"Server": SERVER, "Content-Type": "text/html"}
    return web.Response(status=status, headers=headers, body=_page(f"{status} {REASONS[status]}"))


def _page(title: str) -> bytes:
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ).encode()
