"""Sequences of requests, many at a time, each answer held against what is expected."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from .compare import differences
from .http_session import Answer, Session
from .resource import ConvergeError

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ALLOWED = ("method", "path", "json", "body", "headers", "status", "expect")
SHOWN = 200  # characters of an unexpected body


@dataclass(frozen=True)
class Step:
    """One request of a sequence and what its answer must be.

    Attributes:
        method: e.g. ``GET``.
        path: may hold ``{name}``, which is replaced by that field of the last JSON object answered.
        body: sent as it is; ``json`` in the inventory is sent as JSON.
        headers: sent along.
        status: the HTTP status expected.
        expect: fields that a JSON answer must have, with their values.
    """

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    expect: Any = None

    def __str__(self) -> str:
        """Return the step as one says it."""
        return f"{self.method} {self.path}"


@dataclass
class Tally:
    """Requests made, seconds each took, and a sentence for each failure."""

    requests: int = 0
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def step(declared: Mapping[str, Any]) -> Step:
    """Turn one entry of ``service_smoke`` into a step.

    Raises:
        ConvergeError: a key is unknown, or there is no path.
    """
    unknown = sorted(set(declared) - set(ALLOWED))
    if unknown or not str(declared.get("path", "")).startswith("/"):
        raise ConvergeError(
            f"service_smoke has {dict(declared)!r}; allowed keys are {', '.join(ALLOWED)}, and path starts with /"
        )
    headers = dict(declared.get("headers") or {})
    body = str(declared["body"]).encode() if declared.get("body") is not None else None
    if "json" in declared:
        body, headers = json.dumps(declared["json"]).encode(), {"Content-Type": "application/json", **headers}
    return Step(
        method=str(declared.get("method", "GET")).upper(),
        path=declared["path"],
        body=body,
        headers=headers,
        status=int(declared.get("status", 200)),
        expect=declared.get("expect"),
    )


def smoke(url: str, steps: list[Step], *, repeat: int, concurrency: int, timeout: float) -> Tally:
    """Run the sequence ``repeat`` times over ``concurrency`` connections and return what happened.

    Args:
        url: the origin.
        steps: the sequence.
        repeat: how often.
        concurrency: connections at a time.
        timeout: real seconds for each step of a request.
    """
    workers = max(1, min(concurrency, repeat))
    shares = [repeat // workers + (1 if index < repeat % workers else 0) for index in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        return _sum(pool.map(lambda share: _worker(url, steps, share, timeout), shares))


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.requests += tally.requests
        total.seconds += tally.seconds
        total.failures += tally.failures
    return total


def _worker(url: str, steps: list[Step], times: int, timeout: float) -> Tally:
    tally = Tally()
    with Session(url, timeout) as session:
        for _ in range(times):
            _sequence(session, steps, tally)
    return tally


def _sequence(session: Session, steps: list[Step], tally: Tally) -> None:
    known: dict[str, Any] = {}
    for item in steps:
        path = _filled(item.path, known)
        tally.requests += 1
        try:
            answer = session.request(item.method, path, item.body, **item.headers)
        except (OSError, http.client.HTTPException) as error:
            tally.failures.append(f"{item}: {type(error).__name__}: {error}")
            return
        tally.seconds.append(answer.seconds)
        problem = _problem(item, answer)
        if problem:
            tally.failures.append(f"{item}: {problem}")
            return  # what follows would build on it
        known |= _fields(answer)


def _filled(path: str, known: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda match: str(known.get(match.group(1), match.group(0))), path)


def _problem(item: Step, answer: Answer) -> str:
    if answer.status != item.status:
        return f"answered {answer.status} instead of {item.status}: {answer.body[:SHOWN].decode(errors='replace')}"
    if item.expect is not None:
        changes = differences({"json": item.expect}, {"json": _json(answer)})
        if changes:
            return f"answered {_json(answer)!r}, which does not have {item.expect!r}"
    return ""


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _fields(answer: Answer) -> dict[str, Any]:
    value = _json(answer)
    return value if isinstance(value, dict) else {}
