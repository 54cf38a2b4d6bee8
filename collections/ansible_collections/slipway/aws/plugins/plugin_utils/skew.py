"""This machine's clock beside AWS's."""

from __future__ import annotations

import time

from .clock import timestamp
from .cloud import Cloud
from .resource import ConvergeError

#: Seconds by which the clocks may differ.
MOST = 30


def refuse_skew(cloud: Cloud) -> None:
    """Refuse a clock that is wrong; in a rehearsal, whose time is another, there is nothing to compare.

    Raises:
        ConvergeError: it is; the message has both times and what to do.
    """
    if cloud.clock.scale != 1:
        return
    ours, theirs = time.time(), cloud.time()
    if abs(ours - theirs) <= MOST:
        return
    raise ConvergeError(
        f"this machine's clock says {timestamp(ours)}, AWS's {timestamp(theirs)}; {MOST} s apart are allowed, since"
        " leases end and metrics come by AWS's. Set it by NTP (systemctl enable --now chronyd, or systemd-timesyncd)"
        " and run again"
    )
