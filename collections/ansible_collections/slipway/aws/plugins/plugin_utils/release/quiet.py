"""A side that gets no requests any more, seen before its tasks end."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud
from .counted import REQUESTS
from .samples import Samples

#: Seconds that requests have to end, and between two looks. The metrics of a whole minute need up to three minutes.
QUIET_WITHIN, POLL = 300, 15


def is_quiet(samples: Samples, side: str, since: float, now: float) -> bool:
    """Say whether a side had a whole minute without a request; a minute of which nothing is known is none."""
    try:
        seen = samples.read(since, now)
    except (ClientError, BotoCoreError):  # that nobody can look is no reason to leave a release unfinished
        return False
    return any(one[side] and not one[side][REQUESTS] for one in seen)


def await_quiet(cloud: Cloud, samples: Samples, side: str, since: float) -> bool:
    """Wait until a side, ``stable`` or ``candidate``, gets no requests; say whether that was seen in time.

    Args:
        cloud: the account and region.
        samples: of the service.
        side: that is to end.
        since: when its weight went, by AWS's clock.
    """
    over = cloud.time() + QUIET_WITHIN
    while not (seen := is_quiet(samples, side, since, cloud.time())) and cloud.time() < over:
        cloud.wait(POLL)
    return seen
