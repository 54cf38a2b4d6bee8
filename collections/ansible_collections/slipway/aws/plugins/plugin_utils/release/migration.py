"""Database migrations: which way back they leave.

A migration expands the schema (both versions work), backfills data (both work), or contracts it: then versions from
before the one that learnt the new shape do not work any more, and nobody may go back to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .finding import Finding
from .journal import SUCCEEDED
from .spec import CONTRACT, Spec

Record = Mapping[str, Any]


def first_release_of(history: Iterable[Record], image_tag: str) -> int:
    """Return the number of the first release that gave everything to a version, 0 when none did."""
    numbers = [
        int(entry["number"])
        for entry in history
        if entry["status"] == SUCCEEDED and entry["to"]["image_tag"] == image_tag
    ]
    return min(numbers, default=0)


def floor_after(spec: Spec, record: Record, history: Iterable[Record]) -> int:
    """Return the number of the oldest release that can be gone back to once this one has succeeded."""
    before = int(record.get("floor", 0))
    if spec.migration != CONTRACT:
        return before
    return max(before, first_release_of(history, spec.contract_from) or int(record["number"]))


def check_migration(spec: Spec, record: Record, history: Iterable[Record]) -> list[Finding]:
    """Return why a migration may not be, while the stable version is what the release goes back to.

    Args:
        spec: the release.
        record: of the stable version.
        history: journals of ended releases.
    """
    if spec.migration != CONTRACT:
        return []
    if not spec.contract_from:
        return [
            Finding(
                "a migration that contracts needs service_contract_from: the first version without the old shape",
                stops=True,
            )
        ]
    since = first_release_of(history, spec.contract_from)
    stable = record["image_tag"]
    if stable == spec.contract_from or (since and since <= int(record["number"])):
        return []
    return [
        Finding(
            f"the migration contracts the schema, but {stable}, which this release goes back to, still needs the old"
            f" shape: release {spec.contract_from} first",
            stops=True,
        )
    ]


def check_floor(record: Record, number: int) -> str:
    """Return why a release by its number cannot be gone back to; empty when it can."""
    floor = int(record.get("floor", 0))
    if number >= floor:
        return ""
    return (
        f"release {number} needs a shape of the database that is gone; the oldest that can be gone back to is {floor}"
    )
