"""A price table: data with a source for each price, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..canary.numbers import CanaryError, number

#: Nothing that is billed here costs more dollars a unit.
DEAREST = 1000
#: At the end of a name: what Spot takes for it.
SPOT = "_spot"


class Price(NamedTuple):
    """Dollars for one unit.

    Attributes:
        per: the unit; service: who bills it, by Cost Explorer's name; source: key of the table's ``sources``.
    """

    price: float
    per: str
    service: str
    source: str


class Prices:
    """A price table of one region.

    Args:
        content: ``region``, ``gathered`` (date), ``hours`` of a month, ``sources``, ``prices`` and ``databases`` by
            name, ``spot_discount``, and ``free``, types of resources without a price.

    Raises:
        CanaryError: a price has no source, or is none.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.hours = number("monthly_cost: hours", content["hours"], 1, 744)
        self.free: Mapping[str, str] = content["free"]
        self.spot = 1 - number("monthly_cost: spot_discount", content["spot_discount"]["percent"], 0, 100) / 100
        rds = "Amazon Relational Database Service"
        self._prices = {name: self._price(name, entry, **entry) for name, entry in content["prices"].items()}
        for name, entry in content["databases"].items():
            self._prices[name] = self._price(name, entry, per="hour", service=rds, **entry)

    def _price(self, name: str, entry: Mapping[str, Any], **fields: Any) -> Price:
        if entry["source"] not in self.content["sources"]:
            known = ", ".join(self.content["sources"])
            raise CanaryError(f"monthly_cost: the source of {name} is {entry['source']!r}; one of {known} is allowed")
        number(f"monthly_cost: the price of {name}", entry["price"], 0, DEAREST)
        return Price(**fields)

    def __getitem__(self, name: str) -> Price:
        """Return a price.

        Raises:
            CanaryError: there is none of that name.
        """
        if name.endswith(SPOT):
            full = self[name.removesuffix(SPOT)]
            return full._replace(price=full.price * self.spot)
        if name not in self._prices:
            raise CanaryError(
                f"monthly_cost: {name} has no price; add it to roles/bill/files/prices.yml with its source"
            )
        return self._prices[name]
