"""What an environment costs a month, from the resources that its roles declare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..canary.numbers import CanaryError, known, number, whole
from .parts import PARTS, Part, Place, Resource
from .prices import Prices

#: What nobody declares: amounts a month, of the whole environment. ``running_hours`` are those of tasks and database.
USAGE: dict[str, float] = {
    "running_hours": 730,
    "requests_million": 1,
    "capacity_units": 1,
    "nat_gib": 10,
    "endpoint_gib": 10,
    "log_gib": 5,
    "bucket_gib": 10,
    "image_gib": 2,
    "files_gib": 20,
    "backup_gib": 0,
    "insights_metrics": 60,
}
MOST = 10**9


class Line(NamedTuple):
    """One line of a bill: ``quantity`` units at ``price`` dollars are ``monthly`` dollars."""

    host: str
    resource: str
    name: str
    quantity: float
    per: str
    price: float
    monthly: float
    usage: bool
    service: str
    source: str


def monthly_cost(given: Any, prices: Mapping[str, Any], usage: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return the bill of an environment.

    Args:
        given: by inventory host ``resources`` (each with ``type``, ``name``, ``properties``) and ``tasks``, the number
            that its service runs.
        prices: a table, see :class:`.prices.Prices`.
        usage: amounts in place of those of :data:`USAGE`.

    Returns:
        Dollars a month: ``total``, ``fixed`` and ``usage``, the same by host under ``hosts``, by line's name under
        ``names`` and by Cost Explorer's names under ``services``; ``lines``, see :class:`Line`; and ``unconfirmed``,
        the dollars that rest on prices which nobody has confirmed.

    Raises:
        CanaryError: an amount is not allowed, or a type of resources has no price.
    """
    table, amounts = Prices(prices), _amounts(usage or {})
    lines = [line for line in _lines(given, table, amounts) if line.quantity]
    return {
        "region": prices["region"],
        "gathered": str(prices["gathered"]),
        **_sums(lines),
        "unconfirmed": _sum(line for line in lines if line.source == "unconfirmed"),
        "hosts": {host: _sums(each) for host, each in _grouped(lines, "host", given).items()},
        "names": {name: _sums(each) for name, each in _grouped(lines, "name").items()},
        "services": {name: _sums(each) for name, each in sorted(_grouped(lines, "service").items())},
        "lines": [line._asdict() for line in lines],
    }


def _amounts(usage: Mapping[str, float]) -> dict[str, float]:
    known("monthly_cost: usage", usage, USAGE)
    return {name: number(f"monthly_cost: usage {name}", usage.get(name, USAGE[name]), 0, MOST) for name in USAGE}


def _lines(given: Any, table: Prices, usage: Mapping[str, float]) -> Iterator[Line]:
    present = {name: [one for one in host["resources"] if one.get("state") != "absent"] for name, host in given.items()}
    everything: dict[str, list[Resource]] = defaultdict(list)
    for one in chain.from_iterable(present.values()):
        everything[one["type"]].append(one)
    for name, resources in present.items():
        tasks = whole(f"monthly_cost: tasks of {name}", given[name].get("tasks", 0), 0)
        place = Place(resources, everything, tasks, usage, table.hours)
        for one in resources:
            for part in _parts(one, place, table):
                yield _priced(name, one, part, table)


def _parts(one: Resource, place: Place, table: Prices) -> Iterable[Part]:
    if one["type"] in table.free:
        return ()
    if one["type"] not in PARTS:
        raise CanaryError(
            f"monthly_cost: the type {one['type']} has no price; add it to plugin_utils/cost/parts.py, or with the"
            " reason to free: in roles/bill/files/prices.yml"
        )
    return PARTS[one["type"]](one, place)


def _priced(host: str, one: Resource, part: Part, table: Prices) -> Line:
    price = table[part.price]
    return Line(
        host,
        f"{one['type']}.{one['name']}",
        part.name,
        part.quantity,
        price.per,
        price.price,
        part.quantity * price.price,
        part.usage,
        price.service,
        price.source,
    )


def _grouped(lines: Iterable[Line], field: str, names: Iterable[str] = ()) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {name: [] for name in names}
    for line in lines:
        groups.setdefault(getattr(line, field), []).append(line)
    return groups


def _sums(lines: Sequence[Line]) -> dict[str, float]:
    return {
        "total": _sum(lines),
        "fixed": _sum(line for line in lines if not line.usage),
        "usage": _sum(line for line in lines if line.usage),
    }


def _sum(lines: Iterable[Line]) -> float:
    return sum(line.monthly for line in lines)
