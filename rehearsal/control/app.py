"""The WSGI application: fault, validate, refuse, execute, amend, tell the movers."""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from moto.core.exceptions import ServiceException
from moto.moto_server.werkzeug_app import create_backend_app

from rehearsal.control.dispatcher import Dispatcher
from rehearsal.control.idempotency import once
from rehearsal.control.memory import Answer, Memory
from rehearsal.control.overlay import HOOKS, Call, Refused
from rehearsal.control.regions import check_region
from rehearsal.control.validation import invalid_parameter, mistakes
from rehearsal.control.wire import Wire, parse_response, serialize, understand
from rehearsal.metrics import webhooks
from rehearsal.tasks import discovery
from rehearsal.world import CREDENTIALS, ITSELF, World

#: Headers that are the server's to write.
TRANSPORT = frozenset({"content-length", "date"})
READS = (
    "Describe",
    "Get",
    "List",
    "Head",
    "BatchGet",
    "Lookup",
    "Search",
    "Query",
    "Scan",
    "Check",
    "Simulate",
    "Filter",
    "Assume",
)
#: A condition and the write that depends on it are one here, and what a transaction takes back was its own; moto has
#: neither among threads.
ONE_AT_A_TIME = ("dynamodb",)
#: What a proxy says in place of AWS; neither XML nor JSON.
PAGE = b"<!DOCTYPE html>\n<html><head><meta charset=utf-8></head><body>502 Bad Gateway<br></body></html>\n"
LOG = logging.getLogger(__name__)
Start = Callable[..., Any]
OK = 300
FAILED = 500


class Application:
    """moto with the overlay around it.

    Args:
        world: the local cloud.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.memory = Memory(world)
        self.moto = Dispatcher(create_backend_app)
        self._locks: dict[str, AbstractContextManager[object]] = {name: threading.Lock() for name in ONE_AT_A_TIME}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"].startswith(CREDENTIALS):
            return self._credentials(environ["PATH_INFO"].removeprefix(CREDENTIALS), start_response)
        if environ["PATH_INFO"].startswith(webhooks.PLACE):
            return self._confirmed(environ["PATH_INFO"].removeprefix(webhooks.PLACE), start_response)
        if environ["PATH_INFO"] == discovery.PLACE:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [discovery.answer(self.world, environ["QUERY_STRING"])]
        wire = understand(environ)
        if wire is None:
            answer: Iterable[bytes] = self.moto(environ, start_response)
            return answer
        with self._recorded(wire), self.world.called(wire.key):
            status, headers, body = self._answer(wire, environ)
        if status < OK and wire.key != ITSELF and _writes(wire) and self._loses_answer(wire):
            _hang_up(environ)
        spoilt = self._spoilt(wire)
        if spoilt == "web-page":
            status, headers, body = HTTPStatus.BAD_GATEWAY, {"Content-Type": "text/html"}, PAGE
        headers = {name: value for name, value in headers.items() if name.lower() not in TRANSPORT}
        headers["Content-Length"] = str(len(body))
        start_response(f"{status:d} {HTTPStatus(status).phrase}", list(headers.items()))
        if spoilt == "cut-answer":
            return _Body(body[: len(body) // 2], lambda: _cut(environ))
        return _Body(body, self.world.faults.answered)

    def _loses_answer(self, wire: Wire) -> bool:
        return self.world.faults.loses_answer(wire.service, wire.operation)

    def _spoilt(self, wire: Wire) -> str:
        inside = wire.key == ITSELF or wire.key in self.world.kept(CREDENTIALS)
        return "" if inside else self.world.faults.spoils(wire.service, wire.operation)

    def _recorded(self, wire: Wire) -> AbstractContextManager[None]:
        if wire.key == ITSELF:
            return nullcontext()
        return self.world.recording.call(wire.service, wire.operation, wire.params, write=_writes(wire))

    def _credentials(self, key: str, start_response: Start) -> Iterable[bytes]:
        """Answer as the agent beside a task does: with what its role lets it sign with."""
        known = key in self.world.kept(CREDENTIALS)
        end = datetime.now(UTC) + timedelta(hours=6)
        given = {"AccessKeyId": key, "SecretAccessKey": "rehearsal", "Token": key, "Expiration": f"{end:%FT%TZ}"}
        start_response("200 OK" if known else "404 Not Found", [("Content-Type", "application/json")])
        return [json.dumps(given if known else {"code": "InvalidId"}).encode()]

    def _confirmed(self, token: str, start_response: Start) -> Iterable[bytes]:
        """Answer who follows the link of a subscription's confirmation."""
        confirmed = webhooks.confirm(self.world, token)
        start_response("200 OK" if confirmed else "404 Not Found", [("Content-Length", "0")])
        return [b""]

    def _answer(self, wire: Wire, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        write = _writes(wire)
        try:
            check_region(wire)
            self._refuse_by_order(wire)
            if self.world.gate:
                self.world.gate.check(wire)
            status, headers, body = self._executed(wire, environ, write=write)
        except Refused as refused:
            return _refusal(wire, refused)
        except Exception as error:
            LOG.exception("%s.%s", wire.service, wire.operation)
            text = f"the local cloud failed at {wire.service}.{wire.operation}: {type(error).__name__}: {error}"
            return _refusal(wire, Refused("InternalFailure", text, FAILED))
        if wire.key != ITSELF and wire.key not in self.world.kept(CREDENTIALS):  # tasks call whenever they like
            self.world.faults.count(wire.service, wire.operation, write=write)
        if write and status < OK:
            for mover in self.world.movers.values():
                mover.changed(wire.service, wire.operation)
        return status, headers, body

    def _refuse_by_order(self, wire: Wire) -> None:
        if wire.key == ITSELF:  # inside of AWS nothing is refused
            return
        caller = self.world.kept(CREDENTIALS).get(wire.key, "").rpartition("/")[2]
        refusal = self.world.faults.refusal(wire.service, wire.operation, caller)
        if refusal:
            raise Refused(*refusal)

    def _executed(self, wire: Wire, environ: dict[str, Any], *, write: bool) -> Answer:
        """Answer from what was so before the last writes, where a fault says so; else carry the call out."""
        if write:
            self.memory.written(wire.service)
            return once(self.world, wire, lambda: self._execute(wire, environ))
        if wire.key == ITSELF or not self.world.faults.may_be_stale:
            return self._execute(wire, environ)
        return self.memory.read(wire, lambda: self._execute(wire, environ))

    def _execute(self, wire: Wire, environ: dict[str, Any]) -> Answer:
        with self._locks.get(wire.service, nullcontext()):
            return self._carry_out(wire, environ)

    def _carry_out(self, wire: Wire, environ: dict[str, Any]) -> Answer:
        wrong = mistakes(wire.model.input_shape, wire.params)
        if wrong:
            raise Refused(invalid_parameter(wire.service, json=wire.protocol == "json"), wrong)
        key = (wire.service, wire.operation)
        call = Call(*key, wire.region, wire.params, self.world, key=wire.key)
        for check in HOOKS.before.get(key, ()):
            check(call)
        own = HOOKS.operations.get(key)
        try:
            result = own(call) if own else None
        except ServiceException as error:
            raise Refused(str(error.code), str(error.message)) from error
        if result is not None:
            for hook in HOOKS.after.get(key, ()):
                hook(call, result)
            return serialize(wire, result)
        if call.amended:
            _amend(environ, call.params)
        status, headers, body = _run(self.moto, environ)
        if status == FAILED and body.lstrip().startswith(b"<!doctype"):
            raise Refused(
                "InternalFailure", f"the local cloud cannot do {wire.service}.{wire.operation} with this", FAILED
            )
        hooks = HOOKS.after.get(key)
        if not hooks or status >= OK:
            return status, headers, body
        response = parse_response(wire, status, headers, body)
        for hook in hooks:
            hook(call, response)
        return serialize(wire, response)


def _writes(wire: Wire) -> bool:
    return not wire.operation.startswith(READS)


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the connection without an answer; the server takes it for a client that left.

    Raises:
        ConnectionAbortedError: always.
    """
    _cut(environ)
    raise ConnectionAbortedError("the answer was lost, as ordered")


def _cut(environ: dict[str, Any]) -> None:
    """End the connection, whatever is still to come."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


class _Body:
    """A response body that says when it was sent."""

    def __init__(self, body: bytes, sent: Callable[[], None]) -> None:
        self._parts = iter([body])
        self._sent = sent

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Called by the server when the last byte is out."""
        self._sent()


class _Error(ServiceException):  # type: ignore[misc]  # moto ships no types
    """An error to serialise; a class of our own, since moto looks for the service of one by the module it stands in."""


def _refusal(wire: Wire, refused: Refused) -> tuple[int, dict[str, str], bytes]:
    error = _Error(refused.message)
    error.code = refused.code
    error.__dict__.update(refused.members)
    _, headers, body = serialize(wire, error)
    return refused.status, headers, body


def _amend(environ: dict[str, Any], params: dict[str, Any]) -> None:
    body = json.dumps(params, default=str).encode()
    environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def _run(application: Any, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Call a WSGI application and collect its answer."""
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        seen.update(status=int(status.split(" ", 1)[0]), headers=dict(headers))

    parts = application(environ, start_response)
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return seen["status"], seen["headers"], body
