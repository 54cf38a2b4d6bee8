"""The same job for several things at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from .cloud import THREADS


def side_by_side[Item, Result](job: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what ``job`` returns for each of ``items``, in their order; the first exception is raised."""
    items = list(items)
    if len(items) < 2:  # noqa: PLR2004  a pool for one job costs more than it saves
        return [job(item) for item in items]
    with ThreadPoolExecutor(min(THREADS, len(items))) as pool:
        return list(pool.map(job, items))
