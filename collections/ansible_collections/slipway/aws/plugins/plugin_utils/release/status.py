"""What a service's releases look like from any machine: the one that goes on, and those before it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from ..cloud import Cloud
from ..lease_store import LeaseStore
from ..records import read_items
from .journal import RUNNING, Entry, Journal, journal_id


def held(cloud: Cloud, table: str, service: str) -> bool:
    """Say whether a run holds the lease of a service's releases just now."""
    item = LeaseStore(cloud, table, 0).read(f"release/{service}")
    return "run" in item and float(item["until"]["N"]) > time.time()


def history(journal: Journal, most: int) -> list[Entry]:
    """Return the last ``most`` releases that have ended, the latest first."""
    last = int(journal.read().get("number", 0))
    keys = [{"id": journal_id(journal.service, number)} for number in range(max(1, last - most + 1), last + 1)]
    found = read_items(journal.cloud, journal.table, keys)
    return sorted(found, key=lambda entry: int(entry["number"]), reverse=True)


def status_line(entry: Entry, *, alive: bool) -> str:
    """Return a line about a release: number, version, how it stands or ended, since when, by whom."""
    begun = datetime.fromtimestamp(float(entry["begun"]), UTC).strftime("%Y-%m-%d %H:%M UTC")
    version = entry["to"]["image_tag"] or entry["to"]["digest"][:19]
    what = f"{entry['service']} #{entry['number']} {version}"
    return f"{what}  {_standing(entry, alive=alive)}  since {begun}  by {entry['actor']}"


def _standing(entry: dict[str, Any], *, alive: bool) -> str:
    if entry["status"] != RUNNING:
        return f"{entry['status']}: {entry['reason']}"
    where = f"{entry['phase']}, step {entry['step']} of {len(entry['steps'])}"
    if alive:
        return f"goes on: {where}"
    return f"left in the middle ({where}): run release.yml again to go on, or abort.yml"
