"""What a real API does now and then: it refuses, fails, loses answers, and shows for a while what was before."""

from __future__ import annotations

import copy
import io
import random
import time
from collections import Counter, defaultdict
from typing import Any, ClassVar

import pytest
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError
from botocore.response import StreamingBody
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff

READS = ("Describe", "Get", "List", "Head", "BatchGet", "Lookup", "Search", "Query", "Scan")
#: Real seconds in which a read may show what was before a write.
STALE_FOR = 0.004
#: What moto fails at when it is asked for a second time, and AWS does not.
ONCE_IN_MOTO = frozenset({"DeleteVpcEndpoints", "ReplaceNetworkAclAssociation"})
#: From this status on, a call was not carried out.
REFUSED = 300
#: Services whose reads show every write.
CONSISTENT = ("s3", "sts", "dynamodb")


class Faults:
    """Stands between the clients of a test and the cloud.

    The first answer to every writing operation is lost, so that each creation is one whose end is not known.

    Args:
        seed: of chance.
    """

    #: Whether calls are the engine's; a test's own ones are left in peace.
    active: ClassVar[bool] = False
    #: How often each writing operation was carried out.
    made: ClassVar[Counter[str]] = Counter()

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  no secret depends on it
        self.hits = 0
        self._known: set[str] = set()
        self._seen: dict[tuple[str, ...], tuple[float, Any]] = {}
        self._written: defaultdict[str, list[float]] = defaultdict(list)
        self._send = Endpoint._get_response  # noqa: SLF001  where an answer comes in, below botocore's retries

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Begin."""
        faults = self

        def respond(endpoint: Any, request: Any, model: Any, context: Any) -> Any:
            return faults.respond(endpoint, request, model, context)

        patch.setattr(Endpoint, "_get_response", respond)
        patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
        # A client of a run has a quota of its own; that of the tests lives for thousands of refusals.
        patch.setattr(RetryQuota, "acquire", lambda *_: True)

    def respond(self, endpoint: Any, request: Any, model: Any, context: Any) -> Any:
        """Answer, or do what happens instead."""
        if not self.active:
            return self._send(endpoint, request, model, context)
        if self._happens(0.10):
            return _refusal(request, 400, "ThrottlingException")
        if self._happens(0.05):
            return _refusal(request, 500, "InternalFailure")
        if str(model.name).startswith(READS):
            return self._read(endpoint, request, model, context)
        self._written[model.service_model.service_name].append(time.monotonic())
        answer = self._send(endpoint, request, model, context)
        self._count(model.name, answer)
        if model.name not in ONCE_IN_MOTO and (self._is_first(model.name) or self._happens(0.15)):
            return None, ConnectionClosedError(endpoint_url=request.url)
        return answer

    def _is_first(self, operation: str) -> bool:
        first = operation not in self._known
        self._known.add(operation)
        return first

    def _count(self, operation: str, answer: Any) -> None:
        response, _ = answer
        self.made[operation] += bool(response and response[0].status_code < REFUSED)

    def _read(self, endpoint: Any, request: Any, model: Any, context: Any) -> Any:
        service, now = model.service_model.service_name, time.monotonic()
        key = (service, model.name, request.url, str(request.body))
        seen = self._seen.get(key)
        outdated = next((at for at in self._written[service] if seen and at > seen[0]), None)
        recent = outdated is not None and now - outdated < STALE_FOR
        if seen and recent and service not in CONSISTENT and self._happens(0.5):
            return _copied(seen[1])
        answer = self._send(endpoint, request, model, context)
        if not recent:
            self._seen[key] = (now, _copied(answer))
        return answer

    def _happens(self, rate: float) -> bool:
        hit = self.chance.random() < rate
        self.hits += hit
        return hit


def _copied(answer: Any) -> Any:
    """Return an answer of its own: the parsed part is changed by who gets it."""
    response, error = answer
    for name, value in response[1].items() if response else ():
        if isinstance(value, StreamingBody):
            content = value.read()
            response[1][name] = StreamingBody(io.BytesIO(content), len(content))
    return (response[0], copy.deepcopy(response[1])) if response else None, error


def _refusal(request: Any, status: int, code: str) -> Any:
    error = {"Error": {"Code": code, "Message": "ordered"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return (AWSResponse(request.url, status, {}, None), error), None
