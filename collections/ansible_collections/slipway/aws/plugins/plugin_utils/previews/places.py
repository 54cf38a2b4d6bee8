"""Places of previews: a fixed number of items in the lease table, each with a priority for a listener rule.

Whoever puts an item has the place, so that there are never more previews than places, nor two with one priority. All
are read by their keys::

    id   preview#<place>
    ...  the fields of :class:`Preview`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..records import REFUSED, read_items, stored
from ..resource import ConvergeError
from .derive import preview_name

#: Most places that an environment can have.
PLACES = 50
#: Target groups of a load balancer, which AWS does not raise.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
TARGET_GROUPS = 100


@dataclass(frozen=True)
class Preview:
    """A preview as its place remembers it.

    Attributes:
        place: number of the place, from 0.
        name: of its host, service, role and schema.
        service: that it is a preview of.
        branch: as it was given.
        image_tag: what is to run.
        domain: where it is reached.
        load_balancer: that carries it.
        database: whether it has one.
        hours: that it lives after it was made or its image was changed.
        expires: when that is over, as ``2026-05-01T09:00:00Z``.
    """

    place: int
    name: str
    service: str
    branch: str
    image_tag: str
    domain: str
    load_balancer: str
    database: bool
    hours: int
    expires: str


class Terms(NamedTuple):
    """What an environment allows: ``limit`` previews, ``hours`` of life, at most ``most``, and the first priority."""

    limit: int
    hours: int
    most: int
    first_priority: int


def term_problems(terms: Terms, listed: Mapping[str, Any]) -> Iterable[str]:
    """Yield a sentence for each term that cannot be, and for each service whose priority is a preview's.

    Args:
        terms: of the environment.
        listed: its ``environment_services``.
    """
    if not 1 <= terms.limit <= PLACES:
        yield f"preview_limit is {terms.limit}; allowed are 1 to {PLACES}"
    if not 1 <= terms.hours <= terms.most:
        yield f"preview_lifetime_hours is {terms.hours}; allowed are 1 to {terms.most}, preview_lifetime_hours_most"
    last = terms.first_priority + PLACES - 1
    for name, entry in listed.items():
        if terms.first_priority <= (entry or {}).get("priority", 0) <= last:
            yield (
                f"environment_services.{name}.priority is {entry['priority']}; {terms.first_priority} to {last} are"
                " previews': give it another one, or set preview_first_priority"
            )


def claimed(wanted: Preview, there: Sequence[Preview], limit: int) -> Preview:
    """Return a preview in its place, with the end that it has already where nothing of it changes.

    Args:
        wanted: with the end that a new one would have; its place says nothing.
        there: all that there are.
        limit: how many there may be.

    Raises:
        ConvergeError: no place is free, or the name is another branch's.
    """
    known = next((one for one in there if one.name == wanted.name), None)
    if known is None:
        return replace(wanted, place=_free_place(there, limit))
    if (known.service, known.branch) != (wanted.service, wanted.branch):
        raise ConvergeError(
            f"{wanted.name} is the preview of {known.service} on branch {known.branch!r} already; rename your branch"
        )
    same = replace(wanted, place=known.place, expires=known.expires)
    return known if same == known else replace(wanted, place=known.place)


def _free_place(there: Sequence[Preview], limit: int) -> int:
    free = sorted(set(range(limit)) - {one.place for one in there})
    if not free or len(there) >= limit:
        first = min(there, key=lambda one: one.expires)
        raise ConvergeError(
            f"there are {len(there)} previews, and preview_limit is {limit}; the first to end is that of branch"
            f" {first.branch!r}, {first.expires}. Remove one with playbooks/preview_down.yml, or raise preview_limit"
        )
    return free[0]


def chosen(there: Iterable[Preview], which: str, branch: str, service: str, now: str) -> list[Preview]:
    """Return the previews that are to be removed.

    Args:
        there: all.
        which: ``all``, those that are over (``expired``), or those of a ``branch``.
        branch: with ``branch``, which one.
        service: with ``branch``, of which service; empty for every one.
        now: in the form of ``expires``.
    """
    if which == "expired":
        return [one for one in there if one.expires <= now]
    if which == "branch":
        return [one for one in there if one.branch == branch and service in {"", one.service}]
    return list(there)


def is_ours(preview: Preview) -> bool:
    """Say whether a name is the one that a preview of its branch has; anything else may be somebody's data."""
    return preview.name == preview_name(preview.service, preview.branch)


def read_previews(cloud: Cloud, table: str) -> list[Preview]:
    """Return all previews, by place; none where there is no table."""
    names = [field.name for field in fields(Preview)]
    items = read_items(cloud, table, [{"id": f"preview#{place}"} for place in range(PLACES)])
    found = [Preview(**{name: item[name] for name in names}) for item in items]
    return sorted(found, key=lambda one: one.place)


def keep(cloud: Cloud, table: str, preview: Preview) -> None:
    """Put a preview into its place.

    Raises:
        ConvergeError: somebody else has taken the place meanwhile.
    """
    item = {"id": f"preview#{preview.place}", **asdict(preview)}
    condition = {
        "ConditionExpression": "attribute_not_exists(id) OR #name = :name",
        "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":name": {"S": preview.name}},
    }
    attributes = {name: stored(value) for name, value in item.items()}
    try:
        cloud.write("dynamodb", "put_item", TableName=table, Item=attributes, **condition)
    except ClientError as error:
        if error_code(error) != REFUSED:
            raise
        raise ConvergeError(
            f"another preview has taken place {preview.place} at the same moment; run it again, which takes the next"
        ) from error


def leave(cloud: Cloud, table: str, preview: Preview) -> None:
    """Free the place of a preview."""
    cloud.write("dynamodb", "delete_item", TableName=table, Key={"id": {"S": f"preview#{preview.place}"}})
