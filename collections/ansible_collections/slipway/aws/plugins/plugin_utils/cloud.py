"""AWS as the engine sees it: clients of one session, calls counted, guarded before writes and cached for a task."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, ClassVar

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from .assumed import Role, assume
from .clock import Clock
from .misread import MISREAD, misread
from .models import many_of, new_session
from .nobody_there import nobody_there
from .plain_address import plain_address
from .rate_limits import RateLimits
from .refused import note_sender, readable, refusal
from .repetition import ONCE, carry_out, repeats_badly
from .resource import ConvergeError
from .retries import OUTAGE, STANDARD, is_out, until_back, while_busy
from .whole_answers import only_whole

THREADS = 16
#: Real seconds in which a connection is there, and in which each part of an answer comes. Eight attempts at a write
#: that nobody answers are over before the run's leases are.
CONNECTS_WITHIN, ANSWERS_WITHIN = 5, 20
#: Services that think for longer: over layers of images, objects of many gigabytes, a year's cost.
SLOW = frozenset({"ce", "ecr", "s3"})
SLOW_WITHIN = 60
AGAIN = "AWS or the way there failed; run again, it goes on"
#: Virtual seconds between two lines about a long wait.
TALK_EVERY = 60
#: Seconds within which AWS tells its time: the header of its answers has whole ones.
TOLD_IN = 2.0


def error_code(error: ClientError) -> str:
    """Return AWS's code of an error, e.g. ``DependencyViolation``."""
    return str(error.response.get("Error", {}).get("Code", ""))


class Cloud:
    """One account and region.

    Args:
        region: e.g. ``eu-central-1``; ``None`` takes it from the environment.
        guard: called before every write; raises when this run may not write any more.
        rate_limits: calls a second by family, where they are not those of :mod:`rate_limits`.
        role: assumed in place of :attr:`role`, for an environment other than the run's; one without an ARN is nobody's.

    Attributes:
        role: what this process calls as, of the environment that its run is about; ``None`` for whoever it is.
        warn: told one line about what is tried again because AWS, or the way there, is out.
        outage: real seconds for which that goes on.
        answers_within: real seconds for each part of an answer; ``None`` for those that the service needs.
    """

    role: ClassVar[Role | None] = None
    warn: ClassVar[Callable[[str], None]] = staticmethod(lambda _: None)
    outage = OUTAGE
    answers_within: float | None = None

    def __init__(
        self,
        region: str | None,
        guard: Callable[[], None] = lambda: None,
        rate_limits: Mapping[str, Any] | None = None,
        role: Role | None = None,
    ) -> None:
        self.session: Any = new_session(region)
        assumed = self.role if role is None else role
        if assumed and assumed.arn:
            assume(self.session, assumed)
        self.region: str = self.session.get_config_variable("region") or ""
        if not self.region:
            raise ConvergeError("no region: set aws_region in the inventory or AWS_REGION in the environment")
        self.clock = Clock(os.environ)
        self.calls: Counter[str] = Counter()
        #: Told one line about a long wait.
        self.progress: Callable[[str], None] = lambda _: None
        self.limits = RateLimits(rate_limits)
        self._guard = guard
        self._answered = False
        self._told_time = (0.0, 0.0)
        self._clients: dict[tuple[str, bool], Any] = {}
        self._cache: dict[Hashable, Any] = {}
        self._identity: dict[str, str] = {}
        self._lock = threading.RLock()

    def client(self, service: str, *, once: bool = False) -> Any:
        """Return a client of a service, made once: one that tries again, or one that makes each call ``once``."""
        key = (service, once)
        with self._lock:
            if key not in self._clients:
                retries: Any = dict(ONCE if once else STANDARD)
                within = self.answers_within or (SLOW_WITHIN if service in SLOW else ANSWERS_WITHIN)
                timeouts: Any = {"connect_timeout": min(CONNECTS_WITHIN, within), "read_timeout": within}
                config = Config(retries=retries, max_pool_connections=THREADS, **timeouts)
                self._clients[key] = self.session.create_client(service, config=config)
                self._attend(service, self._clients[key])
            return self._clients[key]

    def _attend(self, service: str, client: Any) -> None:
        """Hold calls back to the rates allowed, know who answered what, and take only whole answers."""
        # Before the request is signed, which the same event does; each page and each retry is a request.
        called = client.meta.service_model.service_id.hyphenize()
        event = f"request-created.{called}"
        client.meta.events.register_first(event, partial(self._hold_back, service), "slipway")
        client.meta.events.register_first(event, plain_address)
        client.meta.events.register("after-call", partial(note_sender, client.meta.endpoint_url))
        client.meta.events.register("response-received", self._heard)
        only_whole(client)

    def _hold_back(self, service: str, operation_name: str, **_event: Any) -> None:
        delay = self.limits.delay(service, operation_name, self.clock.now())
        if delay:
            self.wait(delay)

    def read(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make a call that changes nothing. ``operation`` in snake case, as boto3 names it."""
        return self.patiently(lambda: self._call(service, operation, parameters))

    def write(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make a call that changes something, each time after asking whether this run may still write."""

        def call() -> dict[str, Any]:
            self._guard()
            return self._call(service, operation, parameters)

        return self.patiently(call)

    def patiently[Answer](self, call: Callable[[], Answer], at_most: float | None = None) -> Answer:
        """Return what ``call`` returns, made again while AWS, or the way there, is out.

        Args:
            call: one that may be made again.
            at_most: real seconds; by default those of ``outage``.
        """
        return until_back(call, self._wait_out, self.outage if at_most is None else at_most)

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Wait out no outage meanwhile, where who asks can do without the answer."""
        before, self.outage = self.outage, 0.0
        try:
            yield
        finally:
            self.outage = before

    def _wait_out(self, error: Exception) -> None:
        """Tell what is waited out; what was never there on this machine, such as a local cloud, will not come."""
        if not self._answered and nobody_there(error):
            raise error
        Cloud.warn(f"{_told(error)}: trying again for a minute or so")

    def _model(self, service: str, operation: str) -> Any:
        meta = self.client(service).meta
        return meta.service_model.operation_model(meta.method_to_api_mapping[operation])

    def pages(self, service: str, operation: str, result: str, /, **parameters: Any) -> list[Any]:
        """Return the items under ``result`` of every page of a list or describe call."""
        if not self.client(service).can_paginate(operation):
            return list(self.read(service, operation, **parameters).get(result) or [])
        return self.patiently(lambda: self._pages(service, operation, result, parameters))

    def _pages(self, service: str, operation: str, result: str, parameters: dict[str, Any]) -> list[Any]:
        client, items = self.client(service), list[Any]()
        with readable(client.meta.endpoint_url, client.meta.method_to_api_mapping[operation]):
            for page in client.get_paginator(operation).paginate(**parameters):
                self.calls[f"{service}.{operation}"] += 1
                items += page.get(result) or []
        return items

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned for ``key`` the first time in this task."""
        with self._lock:
            if key not in self._cache:
                self._cache[key] = make()
            return self._cache[key]

    def forget(self) -> None:
        """Drop what was cached, after something was changed."""
        with self._lock:
            self._cache.clear()

    def time(self) -> float:
        """Return the seconds since 1970 by AWS's clock, which metrics and tasks have their times from."""
        if not self._told_time[0]:
            self.identity()
        told, at = self._told_time
        return told + self.clock.now() - at

    def real_time(self) -> float:
        """Return the seconds since 1970 by AWS's clock; in a rehearsal, too, real ones."""
        ours = time.time()
        ahead = self.time() - ours if self.clock.scale == 1 else 0.0
        return ours if abs(ahead) < TOLD_IN else ours + ahead

    def wait(self, seconds: float) -> None:
        """Sleep ``seconds`` of the clock that AWS and we share."""
        time.sleep(self.clock.real(seconds))

    def wait_until(
        self, done: Callable[[], bool], what: str, *, at_most: int, poll: int, seen: Callable[[], str] = str
    ) -> None:
        """Ask ``done`` every ``poll`` virtual seconds until it says yes, telling about the wait now and then.

        Raises:
            ConvergeError: it did not within ``at_most`` virtual seconds; ``what`` is the message's subject, and
                ``seen`` returns what was seen last, as a further part of the sentence.
        """
        waited, at_most = 0, round(self.clock.patience(at_most))
        while not done():
            if waited >= at_most:
                raise ConvergeError(f"{what}: not done after {waited} s{seen()}; run again to go on waiting")
            if waited and waited % TALK_EVERY < poll:
                self.progress(f"{what}: {waited} s of at most {at_most} s")
            self.wait(poll)
            waited += poll

    def identity(self) -> dict[str, str]:
        """Return account, region and partition, read once."""
        with self._lock:
            if not self._identity:
                arn = self.read("sts", "get_caller_identity")["Arn"].split(":")
                self._identity = {"partition": arn[1], "account": arn[4], "region": self.region}
            return self._identity

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls[f"{service}.{operation}"] += 1
        with readable(self.client(service).meta.endpoint_url, self._model(service, operation).name):
            result = self._tried(service, operation, parameters)
        for name, none in many_of(service, self._model(service, operation).name):
            result.setdefault(name, none())  # several services leave out what there is none of
        date = result.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self._told_time = (parsedate_to_datetime(date).timestamp(), self.clock.now())
        return result

    def _tried(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        model = self._model(service, operation)
        if repeats_badly(model):
            once = getattr(self.client(service, once=True), operation)
            return carry_out(model.name, lambda: once(**parameters), self.wait)
        call = getattr(self.client(service), operation)
        return while_busy(lambda: call(**parameters), self.wait)

    def _heard(self, event_name: str, exception: Exception | None, **_event: Any) -> None:
        """Name the call in what it ended with, and tell of a silence, which has cost some time."""
        self._answered = self._answered or exception is None
        if exception is not None:
            exception.add_note(event_name.rpartition(".")[2])
        if isinstance(exception, ReadTimeoutError | ConnectTimeoutError):
            Cloud.warn(f"{_told(exception)}: no answer in time")


def explain(error: Exception) -> str:
    """Return one sentence for an error of AWS or of the way there."""
    again = is_out(error) and not nobody_there(error)
    return f"{_told(error)}; {AGAIN}" if again else _told(error)


def _told(error: Exception) -> str:
    if isinstance(error, ClientError):
        return refusal(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return (
            f"{str(error).rstrip('.')}: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the"
            ' environment; for a local cloud: eval "$(python -m rehearsal env)"'
        )
    if told := nobody_there(error):
        return told
    if isinstance(error, BotoCoreError | ConvergeError):
        return ": ".join([*getattr(error, "__notes__", ()), str(error)])
    if isinstance(error, MISREAD):
        return misread(error)
    return f"{type(error).__name__}: {error}"
