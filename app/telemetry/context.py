"""What belongs to one request: its ids, taken in, kept while it is served, passed on and returned."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

CORRELATION, REQUEST, TRACE = "x-correlation-id", "x-request-id", "x-amzn-trace-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ROOT = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")
_SPAN = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Trace:
    """X-Ray's view of where a request comes from.

    Attributes:
        root: ``1-<seconds>-<random>``, the same all the way through.
        parent: span of whoever asked, 16 hexadecimal digits, or empty.
        sampled: whether the one before decided that it is traced, ``None`` when it did not.
    """

    root: str
    parent: str = ""
    sampled: bool | None = None

    @property
    def number(self) -> int:
        """The root as OpenTelemetry's trace id."""
        return int(self.root[2:].replace("-", ""), 16)

    @classmethod
    def parse(cls, header: str) -> Trace:
        """Return what ``X-Amzn-Trace-Id`` says, or a root of its own when it says nothing that can be used.

        https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
        """
        parts = dict(part.strip().partition("=")[::2] for part in header.split(";"))
        root, parent = parts.get("Root", ""), parts.get("Parent", "")
        if not _ROOT.fullmatch(root):
            return cls(f"1-{int(time.time()):08x}-{secrets.token_hex(12)}")
        sampled = {"1": True, "0": False}.get(parts.get("Sampled", ""))
        return cls(root, parent if _SPAN.fullmatch(parent) else "", sampled)


@dataclass(frozen=True)
class RequestContext:
    """The ids of one request.

    Attributes:
        request_id: this service's own.
        correlation_id: the caller's, or the request's where it gave none; one for all that serves a person's action.
        trace: of X-Ray.
    """

    request_id: str
    correlation_id: str
    trace: Trace

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> RequestContext:
        """Return the ids of a request by its headers, whose names are in lower case."""
        own, given = secrets.token_hex(16), headers.get(CORRELATION, "")
        correlation = given if _ID.fullmatch(given) else own
        return cls(own, correlation, Trace.parse(headers.get(TRACE, "")))

    def fields(self) -> dict[str, str]:
        """Return what a log line says of it."""
        return {"request_id": self.request_id, "correlation_id": self.correlation_id, "trace_id": self.trace.root}

    def returned(self) -> dict[str, str]:
        """Return the headers of the answer."""
        return {REQUEST: self.request_id, CORRELATION: self.correlation_id}


CURRENT: ContextVar[RequestContext | None] = ContextVar("request", default=None)
