"""Trying again what AWS refuses for the moment.

botocore's standard mode tries again what is throttled, after a random part of 1, 2, 4 ... at most 20 seconds, and what
times out or fails inside of AWS, after a random part of 0.05, 0.1 ... seconds: full jitter in both. Its list of codes
lacks those of services that take one change of a thing at a time; they stand here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

#: botocore's mode, and how often it makes a call at most.
STANDARD: Any = {"mode": "standard", "max_attempts": 8}
ATTEMPTS = 8
#: Seconds: the longest wait before the second attempt, which doubles each time, and where that ends.
BASE, CAP = 1.0, 20.0
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
