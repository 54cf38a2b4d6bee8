"""Finds what an account pays for and nothing uses; the work is in ``plugin_utils/orphans``. Changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.prices import Prices
from ansible_collections.slipway.aws.plugins.plugin_utils.orphans.asked import Asked
from ansible_collections.slipway.aws.plugins.plugin_utils.orphans.report import find, lines, write

ARGUMENTS = {
    "prices": {"type": "dict", "required": True},
    "days": {"type": "float", "default": 30},
    "report": {"type": "path", "required": True},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Looks at one account and region, whoever made what is there."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return ``orphans``, ``lines`` for people and ``month``, what they cost together."""
        cloud = Cloud(options["region"])
        found, unknown = find(Asked(cloud, Prices(options["prices"]), options["days"]))
        month, page = round(sum(one.month for one in found), 2), Path(options["report"]).with_suffix(".html")
        where = cloud.identity()
        title = f"Unused for {options['days']:g} days in {where['account']}, {where['region']}"
        write(page, title, found, unknown)
        told = [*lines(found, unknown), f"{title}: {len(found)}, {month:.2f} dollars a month; report: {page}"]
        return {"changed": False, "failed": bool(unknown), "msg": "\n".join(told), "lines": told, "month": month}
