"""Work on parts of a list in processes: what computes gains nothing from threads."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing.connection import Connection

#: Fewer items than this are done before a process has started.
LEAST = 10


def in_forks[Item, Result](work: Callable[[Sequence[Item]], Result], items: Sequence[Item]) -> list[Result]:
    """Return what ``work`` makes of each part of ``items``, in their order.

    Args:
        work: computes, and changes nothing outside. What it returns is pickled.
        items: shared out among as many forks of this process as there are processors.

    Raises:
        Exception: what ``work`` raises. A part whose fork failed, for whatever reason, is done again here.
    """
    parts = _parts(items)
    if len(parts) == 1:
        return [work(items)]
    started = [_start(work, part) for part in parts]
    return [_received(connection, work, part) for connection, part in zip(started, parts, strict=True)]


def _parts[Item](items: Sequence[Item]) -> list[Sequence[Item]]:
    count = max(1, min(_processors(), len(items) // LEAST))
    size, more = divmod(len(items), count)
    ends = [size * number + min(number, more) for number in range(count + 1)]
    return [items[first:last] for first, last in pairwise(ends)]


def _processors() -> int:
    """Return how many this process may use, where the system says so: others do not fork well either."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _start[Item, Result](work: Callable[[Sequence[Item]], Result], part: Sequence[Item]) -> Connection:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    fork = multiprocessing.get_context("fork").Process(target=_send, args=(sender, work, part), daemon=True)
    fork.start()
    sender.close()
    return receiver


def _send[Item, Result](sender: Connection, work: Callable[[Sequence[Item]], Result], part: Sequence[Item]) -> None:
    try:
        sender.send(work(part))
    except Exception:  # noqa: BLE001  whoever waits does it again and sees for themselves
        sender.close()


def _received[Item, Result](
    connection: Connection, work: Callable[[Sequence[Item]], Result], part: Sequence[Item]
) -> Result:
    try:
        result: Result = connection.recv()
    except EOFError:
        return work(part)
    return result
