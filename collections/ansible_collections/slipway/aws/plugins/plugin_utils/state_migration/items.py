"""Items of the lease table that outlive a run, and which of them one table lacks of another.

Histories of releases are copied as Git fast-forwards a branch: where both have releases that the other lacks, they have
diverged, and nobody can say which is the truth. An item here is what DynamoDB stores, by attribute name.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cloud import Cloud
from ..lease_store import LeaseHeldError, ends
from ..release.begin import unfinished
from ..release.journal import journal_id

RELEASE, RECORD, EXPERIMENT, LEASE = "release#", "services/", "experiment#", "lease#"
Item = dict[str, Any]
Items = Mapping[str, Item]


@dataclass(frozen=True)
class Lacking:
    """What one table lacks of another.

    Attributes:
        items: to be put, by id.
        waiting: services that run nothing here yet, so that nobody can say of what their record would be.
    """

    items: dict[str, Item]
    waiting: list[str]


def is_last(key: str) -> bool:
    """Say whether an id is that of a service's running or last release, not of one by its number."""
    return key.startswith(RELEASE) and key.count("#") == 1


def read_items(cloud: Cloud, table: str) -> dict[str, Item]:
    """Return every item of a table by its id."""
    found = cloud.pages("dynamodb", "scan", "Items", TableName=table, ConsistentRead=True)
    return {item["id"]["S"]: item for item in found}


def going_on(items: Items) -> list[str]:
    """Return what goes on by a table, in words; empty when it is at rest."""
    return [*_held(items), *_open(items)]


def _held(items: Items) -> Iterator[str]:
    for key, item in sorted(items.items()):
        if key.startswith(LEASE) and "run" in item and ends(item) > time.time():
            yield str(LeaseHeldError(key.removeprefix(LEASE), item))


def _open(items: Items) -> Iterator[str]:
    for service, item in _last(items).items():
        if unfinished({"status": item["status"]["S"]}):
            yield f"release {item['number']['N']} of {service} has not ended: see playbooks/release_status.yml"
    for key, item in sorted(items.items()):
        if key.startswith(EXPERIMENT) and not float(item["ended"]["N"]):
            told = "playbooks/experiment.yml -e operation=stop ends it"
            yield f"an experiment of {key.removeprefix(EXPERIMENT)} goes on: {told}"


def diverged(theirs: Items, ours: Items) -> list[str]:
    """Return in words of which services both tables have releases that the other lacks."""
    return [
        f"{service} was released in both since they were the same: there {_numbers(there)}, here {_numbers(here)}"
        for service in _last(theirs)
        for there, here in [(_beyond(theirs, ours, service), _beyond(ours, theirs, service))]
        if there and here
    ]


def lacking(theirs: Items, ours: Items) -> Lacking:
    """Return what ``ours`` lacks of ``theirs``, which have not diverged."""
    found = {key: item for key, item in theirs.items() if key.startswith(EXPERIMENT) and key not in ours}
    for service, last in _last(theirs).items():
        if _beyond(ours, theirs, service):
            continue
        found |= {key: theirs[key] for key in _beyond(theirs, ours, service)}
        if not _same(last, ours.get(journal_id(service), {})):
            found[journal_id(service)] = last
    records = {key: item for key, item in theirs.items() if key.startswith(RECORD)}
    waiting = [key for key in records if not _serves(ours.get(key, {}))]
    merged = {key: _merged(item, ours[key]) for key, item in records.items() if key not in waiting}
    found |= {key: item for key, item in merged.items() if item != ours[key]}
    return Lacking(found, [key.removeprefix(RECORD) for key in waiting])


def _last(items: Items) -> dict[str, Item]:
    """Return the running or last release of each service."""
    return {key.removeprefix(RELEASE): items[key] for key in sorted(items) if is_last(key)}


def _beyond(items: Items, others: Items, service: str) -> list[str]:
    """Return the ids of a service's releases that others lack, or have otherwise."""
    own = sorted(key for key in items if key.startswith(f"{journal_id(service)}#"))
    beyond = [key for key in own if items[key] != others.get(key)]
    return beyond + [
        key for key in _unkept(items, service) if not _same(items[journal_id(service)], others.get(key, {}))
    ]


def _unkept(items: Items, service: str) -> list[str]:
    """Return the id under which a service's last release will be kept, where it is not yet: it has not ended."""
    last = items.get(journal_id(service))
    key = journal_id(service, int(last["number"]["N"])) if last else ""
    return [key] if key and key not in items else []


def _numbers(keys: list[str]) -> str:
    return ", ".join(str(int(key.rpartition("#")[2])) for key in keys)


def _same(one: Item, other: Item) -> bool:
    """Say whether two journals tell the same; where and under which lease they were written is each table's own."""
    apart = {"id": None, "fence": None}
    return {**one, **apart} == {**other, **apart}


def _serves(record: Item) -> bool:
    return bool(record.get("revision", {}).get("S"))


def _merged(theirs: Item, ours: Item) -> Item:
    """Return the record of what serves here, with what is known of the same version from there.

    Side, engine and revision are this account's own. How far one may go back in releases is so for the data, whatever
    version serves.
    """
    own: Item = {name: ours[name] for name in ("stable", "engine", "revision") if name in ours}
    newer = int(theirs["number"]["N"]) > int(ours["number"]["N"])
    if newer and theirs["digest"] == ours["digest"]:
        return {**theirs, **own}
    floor = max((theirs, ours), key=_floor)
    return {**ours, "floor": floor["floor"]} if _floor(floor) > _floor(ours) else ours


def _floor(record: Item) -> int:
    return int(record.get("floor", {"N": "0"})["N"])
