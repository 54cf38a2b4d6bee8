"""Reads what the last release of each service wrote, and which releases have not ended."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import unfinished
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import journal_id
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import record_key

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "table": {"type": "str", "required": True},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Reads release records and journals in one call; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the record of each service that was ever released, by name, and those with an unfinished release."""
        services = options["services"]
        journals = {journal_id(name): name for name in services}
        keys = [*map(record_key, services), *({"id": key} for key in journals)]
        items = read_items(Cloud(options["region"]), options["table"], keys)
        records = {str(item["id"]).partition("/")[2]: item for item in items if item["id"] not in journals}
        open_ones = [journals[item["id"]] for item in items if item["id"] in journals and unfinished(item)]
        return {"changed": False, "records": records, "unfinished": sorted(open_ones)}
