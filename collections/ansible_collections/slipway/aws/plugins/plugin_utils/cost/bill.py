"""Bills of an inventory: as it is, with a change, and with each choice that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..declared import Declared, Declaring
from .estimate import monthly_cost

#: Dollars; what differs by less than half of it is not told.
CENT = 0.01


class Bills:
    """Works out bills of one inventory.

    Args:
        declaring: renders what roles declare.
        prices: a price table, see :class:`.prices.Prices`.
        usage: amounts, see :data:`.estimate.USAGE`.
    """

    def __init__(self, declaring: Declaring, prices: Mapping[str, Any], usage: Mapping[str, float]) -> None:
        self.declaring = declaring
        self.prices = prices
        self.usage = usage
        self.declared = declaring.resources({})

    def now(self) -> dict[str, Any]:
        """Return the bill of the inventory as it is."""
        return self._bill(self.declared, {}, {})

    def changed(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the bill with other values of variables, for all hosts."""
        return self._bill(self.declaring.resources(variables), variables, {})

    def choice(self, choice: Mapping[str, Any]) -> dict[str, Any]:
        """Return the bill of a choice: variables to ``set``, ``usage``, and the ``hosts`` that follow from them."""
        variables: Mapping[str, Any] = choice.get("set", {})
        hosts: Sequence[str] = choice.get("hosts", [])
        fresh = self.declaring.resources(variables, hosts) if hosts else {}
        return self._bill({**self.declared, **fresh}, variables, choice.get("usage", {}))

    def _bill(self, declared: Declared, variables: Mapping[str, Any], usage: Mapping[str, float]) -> dict[str, Any]:
        given = {
            name: {"resources": resources, "tasks": self._tasks(name, resources, variables)}
            for name, resources in declared.items()
        }
        return monthly_cost(given, self.prices, {**self.usage, **usage})

    def _tasks(self, host: str, resources: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]) -> int:
        """Return how many tasks a service runs: the least that its scaling allows, else what it begins with."""
        if host not in self.declaring.services:
            return 0
        targets = [one for one in resources if one["type"] == "application_autoscaling_scalable_target"]
        scaled = [int(one["properties"]["MinCapacity"]) for one in targets if one.get("state") != "absent"]
        return max(scaled) if scaled else int(self.declaring.value(host, "service", "service_desired_count", variables))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what differs between two bills, greatest first: a line's ``name``, dollars ``before`` and ``after``."""
    names = {**before["names"], **after["names"]}
    rows = [{"name": name, "before": _total(before, name), "after": _total(after, name)} for name in names]
    changed = [row for row in rows if abs(row["after"] - row["before"]) >= CENT / 2]
    return sorted(changed, key=lambda row: -abs(row["after"] - row["before"]))


def _total(bill: Mapping[str, Any], name: str) -> float:
    return float(bill["names"][name]["total"]) if name in bill["names"] else 0.0
