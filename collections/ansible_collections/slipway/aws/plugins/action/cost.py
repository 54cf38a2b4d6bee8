"""Works out what an environment costs a month; the work is in ``plugin_utils/cost``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.actual import REGION, actual_cost, last_month
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.bill import CENT, Bills, differences
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.told import lines
from ansible_collections.slipway.aws.plugins.plugin_utils.declared import Declaring

ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "prices": {"type": "dict", "required": True},
    "usage": {"type": "dict", "default": {}},
    "choices": {"type": "list", "elements": "dict", "default": []},
    "change": {"type": "dict", "default": {}},
    "before": {"type": "path"},
    "actual": {"type": "bool", "default": False},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Renders what the roles declare, and prices it; asks AWS only for what was really paid."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return ``report`` for programs and ``lines`` for people."""
        report = _report(self._bills(options), options)
        return {"changed": False, "report": report, "lines": lines(report)}

    def _bills(self, options: Mapping[str, Any]) -> Bills:
        hostvars = self.task_vars["hostvars"]
        inventory, manager = hostvars._inventory, hostvars._variable_manager  # noqa: SLF001  no public way to them
        declaring = Declaring(
            inventory, manager, self._loader, self.task_vars["playbook_dir"], ("service", "autoscaling")
        )
        return Bills(declaring, options["prices"], options["usage"])


def _report(bills: Bills, options: Mapping[str, Any]) -> dict[str, Any]:
    bill = bills.now()
    report: dict[str, Any] = {
        "environment": options["environment"],
        **bill,
        "choices": list(_choices(bills, bill["total"], options["choices"])),
    }
    if options["change"]:
        after = bills.changed(options["change"])
        report["change"] = {
            "set": options["change"],
            "total": after["total"],
            "difference": after["total"] - bill["total"],
            "rows": differences(bill, after),
        }
    before = _before(options["before"])
    if before and (rows := differences(before, bill)):
        report["before"] = {"total": before["total"], "rows": rows}
    if options["actual"]:
        report["actual"] = _actual(bill, options["environment"])
    return report


def _choices(bills: Bills, now: float, choices: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what each choice would cost that is not made already."""
    for one in choices:
        total = bills.choice(one)["total"]
        if abs(total - now) >= CENT / 2:
            yield {"name": one["name"], "total": total, "difference": total - now}


def _before(path: str | None) -> dict[str, Any] | None:
    """Return the report of an earlier run, where there is one."""
    if not path or not Path(path).is_file():
        return None
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def _actual(bill: Mapping[str, Any], environment: str) -> dict[str, Any]:
    cloud = Cloud(REGION)
    months = last_month(cloud.time())
    paid = actual_cost(cloud, environment, months)
    names = sorted({*bill["services"], *paid})
    rows = [
        {"name": name, "estimate": bill["services"].get(name, {"total": 0.0})["total"], "paid": paid.get(name, 0.0)}
        for name in names
    ]
    return {"from": months[0], "to": months[1], "total": sum(paid.values()), "rows": rows}
