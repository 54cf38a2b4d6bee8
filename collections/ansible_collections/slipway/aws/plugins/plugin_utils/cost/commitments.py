"""What is cheaper when it is promised for a year or three: Savings Plans and reserved instances. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..canary.numbers import CanaryError, number

CHECK = "commitments"
TASKS, DATABASE = "tasks", "database"
YEARS = (1, 3)
#: What is paid at once, as a share of the whole.
UPFRONT = {"none": 0.0, "partial": 0.5, "all": 1.0}
MONTHS = 12


class Usage(NamedTuple):
    """What is used in an hour.

    Attributes:
        name: for people; quantity: units of it; on_demand: dollars a unit; rate: dollars a unit under a plan.
    """

    name: str
    quantity: float
    on_demand: float
    rate: float


class Hour(NamedTuple):
    """What an hour costs under a plan, in dollars.

    Attributes:
        used: of the commitment; unused: of it, paid nevertheless; on_demand: beyond it; total: paid.
    """

    used: float
    unused: float
    on_demand: float
    total: float


class Offer(NamedTuple):
    """Something that AWS sells cheaper to who promises to buy it.

    Attributes:
        name: as AWS calls it; of: ``tasks`` or ``database``; years: 1 or 3; upfront: ``none``, ``partial`` or ``all``;
            percent: off the price on demand; source: key of the table's ``sources``; classes: beginnings of the
            database classes that it is for, none for all; risk: what becomes of it when things change.
    """

    name: str
    of: str
    years: int
    upfront: str
    percent: float
    source: str
    risk: str
    classes: tuple[str, ...] = ()


class Proposal(NamedTuple):
    """An offer for what an environment always uses, in dollars.

    Attributes:
        offer: which; commitment: an hour; once: paid at once; monthly: paid each month; now: a month on
            demand; then: a month of the term, what was paid at once among it; saving: a month, while all is used.
        break_even: months of use after which it was cheaper than on demand, of ``12 * years``.
    """

    offer: Offer
    commitment: float
    once: float
    monthly: float
    now: float
    then: float
    saving: float
    break_even: float


def hour_under_plan(usage: Iterable[Usage], commitment: float) -> Hour:
    """Return what an hour costs under a Savings Plan.

    A plan is applied to what saves most by it in per cent first, of equals to what has the lowest rate, until it is
    used up; what is left is paid on demand, and what is not used of it is lost.

    Source: https://docs.aws.amazon.com/savingsplans/latest/userguide/sp-applying.html

    Args:
        usage: of the hour.
        commitment: dollars an hour.
    """
    left, on_demand = commitment, 0.0
    for one in sorted(usage, key=lambda each: (each.rate / each.on_demand, each.rate)):
        quantity = min(one.quantity, left / one.rate)
        left -= quantity * one.rate
        on_demand += (one.quantity - quantity) * one.on_demand
    return Hour(commitment - left, left, on_demand, commitment + on_demand)


def break_even(total: float, month: float) -> float:
    """Return the months of use on demand that cost as much as a commitment.

    Args:
        total: dollars of the commitment over its term, whether it is used or not.
        month: dollars of the same use on demand.
    """
    return total / month


def offers(content: Mapping[str, Any]) -> list[Offer]:
    """Return what a price table offers under ``commitments``.

    Raises:
        CanaryError: an entry is none; the message names it and what is allowed.
    """
    return [_offer(content, entry) for entry in content.get("commitments", [])]


def _offer(content: Mapping[str, Any], entry: Mapping[str, Any]) -> Offer:
    one = Offer(**{**entry, "classes": tuple(entry.get("classes", ()))})
    allowed: dict[str, Sequence[Any]] = {
        "of": (TASKS, DATABASE),
        "years": YEARS,
        "upfront": tuple(UPFRONT),
        "source": tuple(content["sources"]),
    }
    for field, values in allowed.items():
        if getattr(one, field) not in values:
            known = ", ".join(map(str, values))
            raise CanaryError(f"{CHECK}: {field} of {one.name} is {getattr(one, field)!r}; allowed are {known}")
    number(f"{CHECK}: percent of {one.name}", one.percent, 0, 99)
    return one


def proposals(
    given: Iterable[Offer], tasks: float, database: tuple[str, float] | None, hours: float
) -> Iterator[Proposal]:
    """Yield what each offer means for what an environment uses in every hour.

    Args:
        given: the offers.
        tasks: dollars an hour on demand of the tasks that always run.
        database: its class and dollars an hour on demand; ``None`` for no database, or one of an unknown price.
        hours: of a month.
    """
    for offer in given:
        if offer.of == TASKS and tasks:
            yield proposal(offer, tasks, hours)
        elif offer.of == DATABASE and database and database[0].startswith(offer.classes or ""):
            yield proposal(offer, database[1], hours)


def proposal(offer: Offer, hour: float, hours: float) -> Proposal:
    """Return what an offer means for dollars an hour on demand.

    Args:
        offer: which.
        hour: dollars on demand, in every hour.
        hours: of a month.
    """
    months, commitment = MONTHS * offer.years, hour * (1 - offer.percent / 100)
    now, then = hour * hours, commitment * hours
    once = months * then * UPFRONT[offer.upfront]
    return Proposal(
        offer=offer,
        commitment=commitment,
        once=once,
        monthly=then - once / months,
        now=now,
        then=then,
        saving=now - then,
        break_even=break_even(months * then, now),
    )
