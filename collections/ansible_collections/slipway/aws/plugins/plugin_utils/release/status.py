"""What a service's releases look like from any machine: the one that goes on, and those before it."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud
from ..lease_store import LeaseStore, ends
from ..records import read_items
from .journal import RUNNING, WAITS, Entry, Journal, journal_id
from .line import look_line, moment, version
from .packing import unpacked

#: Ended releases that are looked through for one of a version.
REMEMBERED = 200


def goes_on(cloud: Cloud, journal: Journal) -> bool:
    """Say whether a run is releasing the service just now."""
    return journal.read().get("status") == RUNNING and held(cloud, journal)


def held(cloud: Cloud, journal: Journal) -> bool:
    """Say whether a run holds the lease of the service's releases."""
    item = LeaseStore(cloud, journal.table, 0).read(f"release/{journal.service}")
    return "run" in item and ends(item) > cloud.real_time()


def history(journal: Journal, most: int) -> list[Entry]:
    """Return the last ``most`` releases that have ended, the latest first."""
    last = int(journal.read().get("number", 0))
    keys = [{"id": journal_id(journal.service, number)} for number in range(max(1, last - most + 1), last + 1)]
    found = [unpacked(item) for item in read_items(journal.cloud, journal.table, keys)]
    return sorted(found, key=lambda entry: int(entry["number"]), reverse=True)


def status_line(entry: Entry, *, alive: bool, fired: str = "") -> str:
    """Return a line about a release: number, version, how it stands or ended, since when, by whom.

    Args:
        entry: of the journal.
        alive: a run goes on with it.
        fired: when the dead man's switch put traffic back.
    """
    what = f"{entry['service']} #{entry['number']} {version(entry['to'])}"
    return f"{what}  {_standing(entry, alive=alive, fired=fired)}  since {moment(entry['begun'])}  by {entry['actor']}"


def last_look(entry: Entry) -> list[str]:
    """Return the line of the last look at a release that has not ended, as the run itself told it."""
    return [f"  {look_line(entry, entry['looks'][-1])}"] if entry["looks"] else []


def _standing(entry: dict[str, Any], *, alive: bool, fired: str) -> str:
    if entry["status"] == WAITS:
        before, until = entry["gate"]["before"], moment(entry["gate"]["until"])
        return f"waits for an answer before {before} until {until}: promote.yml goes on, abort.yml goes back"
    if entry["status"] != RUNNING:
        return f"{entry['status']}: {entry['reason']}"
    where = f"{entry['phase']}, step {entry['step']} of {len(entry['steps'])}"
    if alive:
        return f"goes on: {where}"
    switched = f"; the dead man's switch put traffic back at {fired}" if fired else ""
    return f"left in the middle ({where}){switched}: run release.yml again to go on, or abort.yml"
