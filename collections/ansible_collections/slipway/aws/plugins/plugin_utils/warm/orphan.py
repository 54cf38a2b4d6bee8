"""Ends a worker whose controller was killed.

Workers are sessions of their own, so they outlive it. One that tells a result larger than a pipe holds would sleep for
ever: it keeps the end that nobody reads any more open itself. So would all that wait for their turn to tell.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import threading
import time

#: Seconds in which a worker ends by itself: its guard stops it before its next write.
GRACE = 5.0

_watching: set[int] = set()


def end_with_controller() -> None:
    """Have this process end some seconds after the one that forked it; in a controller itself, do nothing."""
    controller, own = multiprocessing.parent_process(), os.getpid()
    if controller is None or own in _watching or not hasattr(os, "pidfd_open"):
        return
    _watching.add(own)
    try:
        watch = os.pidfd_open(controller.pid or 0)
    except OSError:  # it is gone already
        os._exit(1)
    threading.Thread(target=_end_after, args=(watch,), daemon=True).start()


def _end_after(watch: int) -> None:
    select.select([watch], [], [])
    time.sleep(GRACE)
    os._exit(1)
