"""Roles, policies and buckets that were made a moment ago, which other services do not see at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..refused import refusal

#: Seconds in which IAM's changes have reached everybody, in which those have that must first be tried by a service
#: that writes somewhere, and between two attempts.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
WITHIN, TRIED_WITHIN, POLL = 60, 120, 5


def once_assumable(cloud: Cloud, code: str, call: Callable[[], dict[str, Any]], word: str = "assume") -> None:
    """Make a call, again while the service may not assume the role that it names.

    Args:
        cloud: whose clock is waited by.
        code: of the refusal, whose text speaks of assuming the role.
        call: what is made.
        word: by which the text tells that.
    """
    once_seen(cloud, [code], call, "role that was made a moment ago", word=word, within=WITHIN)


def once_seen(  # noqa: PLR0913  what is waited for, and how
    cloud: Cloud,
    codes: Collection[str],
    call: Callable[[], dict[str, Any]],
    what: str,
    *,
    word: str = "",
    within: int = TRIED_WITHIN,
) -> None:
    """Make a call, again while it is refused since something that was made a moment ago is not seen.

    Args:
        cloud: whose clock is waited by.
        codes: of such refusals.
        call: what is made.
        what: was made.
        word: that is in the text of such refusals alone.
        within: virtual seconds for which they are believed.

    Raises:
        ConvergeError: it was refused to the end; names the last refusal.
    """
    told: list[str] = []

    def done() -> bool:
        try:
            call()
        except ClientError as error:
            if error_code(error) not in codes or word not in str(error):
                raise
            told[:] = [refusal(error)]
            return False
        return True

    cloud.wait_until(done, what, at_most=within, poll=POLL, seen=lambda: f" ({told[0]})")
