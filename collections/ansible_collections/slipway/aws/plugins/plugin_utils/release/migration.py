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


#: The release of which there is no journal: site.yml's.
FIRST = 1


def first_release_of(history: Iterable[Record], version: Record) -> int:
    """Return the number of the first release that brought a version, 0 when none did; ways back bring none.

    Args:
        history: journals of ended releases.
        version: by its digest, or by its tag where that is all there is.
    """
    name = "digest" if version.get("digest") else "image_tag"
    brought = (entry for entry in history if entry["status"] == SUCCEEDED and not entry.get("returns"))
    return min((int(entry["number"]) for entry in brought if entry["to"].get(name) == version[name]), default=0)


def floor_after(migration: str, contract_from: str, record: Record, history: Iterable[Record]) -> int:
    """Return the number of the oldest release that can be gone back to once a migration has begun.

    Args:
        migration: its kind.
        contract_from: the first version without the old shape.
        record: of the stable version.
        history: journals of ended releases.
    """
    before = int(record.get("floor", 0))
    if migration != CONTRACT:
        return before
    return max(before, first_release_of(history, {"image_tag": contract_from}) or FIRST)


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
    past = list(history)
    since = first_release_of(past, {"image_tag": spec.contract_from})
    stable = record["image_tag"]
    if stable == spec.contract_from or (since and since <= first_release_of(past, record)):
        return []
    return [
        Finding(
            f"the migration contracts the schema, but {stable}, which this release goes back to, still needs the old"
            f" shape: release {spec.contract_from} first",
            stops=True,
        )
    ]


def check_floor(record: Record, version: Record, history: Iterable[Record]) -> str:
    """Return why a version cannot be gone back to, and what to do; empty when it can."""
    floor = int(record.get("floor", 0))
    number = (first_release_of(history, version) or FIRST) if floor else 0
    if number >= floor:
        return ""
    told = version.get("image_tag") or version["digest"]
    return (
        f"{told} (release {number}) needs a shape of the database that a migration has removed; the oldest that can be"
        f" gone back to is release {floor}. Roll forward: release a version that mends what is wrong"
    )
