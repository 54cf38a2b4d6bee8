"""Calls that must not be made again before somebody has looked.

A connection that breaks, and an error inside of AWS, leave open whether the call was carried out. botocore makes such a
call again, which makes a second VPC, key or address. So calls that create something are made once, and who made them
looks before the next attempt; what AWS refuses for the moment was not carried out and is tried again. Tokens, by which
AWS knows a repeated call again, are few, and emulators pass them over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from .refused import NOT_IMPLEMENTED, refusal
from .resource import ConvergeError
from .retries import ATTEMPTS, BUSY, full_jitter, status_of
from .whole_answers import FAILED_INSIDE

#: One attempt, for clients of such calls.
ONCE: Any = {"mode": "standard", "total_max_attempts": 1}
#: How the names of operations begin that make something new each time.
MAKES = ("Create", "Allocate", "RegisterTaskDefinition", "Request", "Restore", "Copy", "Run")
#: Those among them that say how something is to be, and may be said twice.
SAYS = frozenset({"CreateTags"})
#: Codes that say that something is there already, and do not have it in their name.
DONE = frozenset(
    {
        "ConflictException",  # EventBridge Scheduler
        "InvalidSubnet.Conflict",
        "ResourceConflictException",  # Security Hub
        "ResourceExistsException",  # Secrets Manager
        "ResourceInUseException",  # DynamoDB
    }
)
#: Codes of a change that the thing no longer admits: an attempt whose answer was lost has begun or made it.
MOVED = frozenset(
    {
        "InvalidAssociationID.NotFound",  # EC2: a replaced association has a new id
        "InvalidDBInstanceState",
        "KMSInvalidStateException",
        "WAFOptimisticLockException",
    }
)
#: What AWS says of a change that stands already, where its code alone says no more than that it was refused.
STANDS = re.compile(r"but it was not found|already (enabled|disabled|exists)", re.IGNORECASE)
#: Codes that say so little.
VAGUE = frozenset({"InvalidChangeBatch", "ValidationException"})
#: What AWS answers to a call that it has not carried out; as botocore knows them.
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
#: What AWS answers when it gave up on a call, which it may have begun; with a status that says otherwise.
GAVE_UP = frozenset({"RequestTimeout", "RequestTimeoutException"})
#: Virtual seconds in which AWS shows nearly every write; what is not shown by then was not carried out.
SHOWS_WITHIN = 20
#: Virtual seconds between two looks at what was made a moment ago.
LOOK = 2
#: How the names of operations begin that take something away, so that nothing is to be waited for.
TAKES = ("delete", "deregister", "detach", "disable", "disassociate", "release", "remove", "revoke", "stop", "untag")
#: HTTP status of a call that was one too many, whatever its code.
TOO_MANY = 429


class UncertainError(ConvergeError):
    """Nobody knows whether a call was carried out.

    Args:
        operation: of the API.
        cause: how it ended.
    """

    def __init__(self, operation: str, cause: Exception) -> None:
        told = refusal(cause) if isinstance(cause, ClientError) else cause
        super().__init__(f"{operation} may have been carried out and may not: {told}; run again, which looks first")


def repeats_badly(model: Any) -> bool:
    """Say whether an operation (botocore's model of it) makes a second thing when it is called again."""
    return str(model.name).startswith(MAKES) and model.name not in SAYS


def may_be_done(error: Exception) -> bool:
    """Say whether what ended with an error may have been carried out: by this very call, or by one before it."""
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        there = any(part in code for part in ("AlreadyExist", "Duplicate", "AlreadyAssociated"))
        return there or code in DONE | MOVED or _stands(error) or _was_repeated(error)
    return isinstance(error, UncertainError)


def not_known(error: ClientError) -> bool:
    """Say whether AWS refused a call because it knows nothing of a thing that the call names."""
    code = str(error.response["Error"]["Code"])
    return code not in MOVED and any(part in code for part in ("NotFound", "NoSuch", "Nonexistent"))


def once_known[Answer](
    operation: str, call: Callable[[], Answer], wait: Callable[[float], None], at_most: float
) -> Answer:
    """Return what ``call`` returns, made again while AWS does not know yet what was made a moment ago.

    Args:
        operation: in snake case; one that takes something away is made once.
        call: what is made.
        wait: sleeps virtual seconds.
        at_most: virtual seconds for which something may be unknown.

    Raises:
        ClientError: it was refused for another reason, or to the end.
    """
    waited = 0
    while True:
        try:
            return call()
        except ClientError as error:
            if operation.startswith(TAKES) or not not_known(error) or waited >= at_most:
                raise
        wait(LOOK)
        waited += LOOK


def carry_out[Answer](operation: str, call: Callable[[], Answer], wait: Callable[[float], None]) -> Answer:
    """Return what ``call``, made by a client that makes one attempt, returns; try again what was not carried out.

    Raises:
        UncertainError: it may have been carried out.
        ClientError: it was refused.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except (EndpointConnectionError, ConnectTimeoutError):
            if attempt == ATTEMPTS:
                raise
        except (ConnectionClosedError, HTTPClientError) as error:
            raise UncertainError(operation, error) from error
        except ClientError as error:
            code, status = error.response["Error"]["Code"], status_of(error)
            # What is not implemented was not carried out.
            if code in GAVE_UP or (status >= FAILED_INSIDE and status != NOT_IMPLEMENTED):
                raise UncertainError(operation, error) from error
            if (code not in THROTTLED | BUSY and status != TOO_MANY) or attempt == ATTEMPTS:
                raise
        wait(full_jitter(attempt))
    raise AssertionError("the last attempt returns or raises")


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _stands(error: ClientError) -> bool:
    """Say whether a change was refused because it stands: a network that delivers a request twice gives this answer."""
    told = error.response["Error"]
    taken = str(error.operation_name).lower().startswith(TAKES) and not_known(error)
    return taken or (told["Code"] in VAGUE and bool(STANDS.search(str(told.get("Message")))))


def _was_repeated(error: ClientError) -> bool:
    """Say whether botocore made the call more than once: what AWS refuses, an attempt before may have done."""
    return bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts"))
