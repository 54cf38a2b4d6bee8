"""Checks of where an environment lives: one place, in regions of AWS; as in :mod:`inputs`, a sentence a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .models import partitions
from .nearest import nearest

#: What all hosts of an environment have in common: names, state and permissions are made of it.
SHARED = ("project", "env_name", "aws_region", "aws_account_id")
#: Variables that name another region beside the environment's own.
OTHERS = (
    "backup_copy_region",
    "database_backup_copy_region",
    "failover_from_region",
    "registry_copy_region",
    "state_copy_region",
    "write_lease_region",
)
#: By what AWS calls the parts of its regions; newer ones differ in their number.
_PART = r"(north|south)?(east|west|central)|north|south"


def place_problems(hosts: Sequence[str], hostvars: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Check that all hosts live in the environment's one place, and that its regions are regions."""
    first = hostvars[hosts[0]]
    for name in SHARED:
        expected = first.get(name)
        for host in hosts[1:]:
            if hostvars[host].get(name) != expected:
                yield (
                    f"{host}: {name} is {hostvars[host].get(name)!r}, but {hosts[0]} has {expected!r}; all hosts of an"
                    f" environment have one {name}: take it out of the variables of {host}"
                )
    for name in ("aws_region", *OTHERS):
        yield from region_problems(name, first.get(name))
    for name in ("environment_places", "migrate_from"):
        yield from _listed_problems(name, first.get(name) or {})


def _listed_problems(name: str, given: Any) -> Iterator[str]:
    """Check the regions of other places, which are dictionaries with one each, or are one."""
    places = {name: given} if name == "migrate_from" else {f"{name}.{key}": place for key, place in _items(given)}
    for called, place in places.items():
        yield from region_problems(f"{called}.region", dict(_items(place)).get("region"))


def _items(given: Any) -> list[tuple[Any, Any]]:
    return list(given.items()) if isinstance(given, Mapping) else []


def region_problems(name: str, given: Any) -> Iterator[str]:
    """Check that a region is one that AWS has, or may have got since."""
    known = [region for partition in partitions() for region in partition["regions"]]
    if given in (None, "") or given in known or _may_be_new(str(given)):
        return
    hint = nearest(given, known, "give one such as eu-central-1")
    yield f"{name} is {given!r}, which is no region of AWS; {hint}"


def _may_be_new(region: str) -> bool:
    parts = region.split("-")
    return (
        len(parts) > 2  # noqa: PLR2004  where, part and number
        and re.fullmatch(_PART, parts[-2]) is not None
        and any(re.fullmatch(one["regionRegex"], region, re.ASCII) for one in partitions())
    )
