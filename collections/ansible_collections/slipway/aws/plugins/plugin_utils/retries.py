"""Trying again what AWS refuses for the moment.

botocore's standard mode tries again what is throttled, after a random part of 1, 2, 4 ... at most 20 seconds, and what
times out or fails inside of AWS, after a random part of 0.05, 0.1 ... seconds: full jitter in both. Its list of codes
lacks those of services that take one change of a thing at a time; they stand here. And its attempts at what fails
inside of AWS, or on the way there, are over in some three seconds; an outage is waited out for a minute.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, SSLError

from .refused import NOT_IMPLEMENTED
from .whole_answers import FAILED_INSIDE

#: botocore's mode, and how often it makes a call at most.
STANDARD: Any = {"mode": "standard", "max_attempts": 8}
ATTEMPTS = 8
#: Seconds: the longest wait before the second attempt, which doubles each time, and where that ends.
BASE, CAP = 1.0, 20.0
#: Real seconds for which AWS, or the way there, may be out before that is told.
OUTAGE = 60.0
#: Somebody else is changing the same thing; from the errors of these services' API references.
BUSY = frozenset(
    {
        "ConcurrentModification",  # IAM
        "ConcurrentModificationException",  # CloudWatch
        "ConcurrentUpdateException",  # Application Auto Scaling
        "ConcurrentAccess",  # SNS
        "EntityTemporarilyUnmodifiable",  # IAM
        "OperationAbortedException",  # CloudWatch Logs
        "StateMachineDeleting",  # Step Functions
        "TooManyUpdates",  # SSM
    }
)


def full_jitter(attempt: int) -> float:
    """Return the seconds to wait after the ``attempt``-th refusal, counted from 1.

    Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    return random.uniform(0, min(CAP, BASE * 2 ** (attempt - 1)))  # noqa: S311  no secret depends on it


def while_busy[Answer](call: Callable[[], Answer], wait: Callable[[float], None]) -> Answer:
    """Return what ``call`` returns, made again while somebody else changes the same thing.

    Raises:
        ClientError: it was refused for another reason, or for ATTEMPTS times.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in BUSY:
                raise
            wait(full_jitter(attempt))
    return call()


def is_out(error: Exception) -> bool:
    """Say whether an error is one of the way to AWS, or inside of it, which may be over in a moment."""
    if isinstance(error, ClientError):
        return status_of(error) >= FAILED_INSIDE and status_of(error) != NOT_IMPLEMENTED
    return isinstance(error, exceptions.ConnectionError | HTTPClientError) and not isinstance(error, SSLError)


def status_of(error: ClientError) -> int:
    """Return the HTTP status of a refusal; 0 where there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def until_back[Answer](call: Callable[[], Answer], told: Callable[[Exception], None], at_most: float) -> Answer:
    """Return what ``call`` returns, made again while AWS, or the way there, is out.

    Args:
        call: one that may be made again.
        told: told each time how it ended, before the next wait; may raise.
        at_most: real seconds, which an outage takes whatever the clock of a rehearsal says.

    Raises:
        BotoCoreError: there was no way there to the end.
        ClientError: it failed inside of AWS to the end, or was refused.
    """
    begun = time.monotonic()
    for attempt in itertools.count(1):
        try:
            return call()
        except (BotoCoreError, ClientError) as error:
            if not is_out(error) or time.monotonic() - begun >= at_most:
                raise
            told(error)
            time.sleep(full_jitter(attempt))
    raise AssertionError("the last attempt returns or raises")
