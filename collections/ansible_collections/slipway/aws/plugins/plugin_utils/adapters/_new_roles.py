"""Roles that were made a moment ago, which other services do not see at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code

#: Seconds in which IAM's changes have reached everybody, and between two attempts.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
WITHIN, POLL = 60, 5


def once_assumable(cloud: Cloud, code: str, call: Callable[[], dict[str, Any]], word: str = "assume") -> None:
    """Make a call, again while the service may not assume the role that it names.

    Args:
        cloud: whose clock is waited by.
        code: of the refusal, whose text speaks of assuming the role.
        call: what is made.
        word: by which the text tells that.
    """

    def done() -> bool:
        try:
            call()
        except ClientError as error:
            if error_code(error) == code and word in str(error):
                return False
            raise
        return True

    cloud.wait_until(done, "role that was made a moment ago", at_most=WITHIN, poll=POLL)
