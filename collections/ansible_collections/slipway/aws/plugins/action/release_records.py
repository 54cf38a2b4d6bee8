"""Reads what the last release of each service wrote, and which releases have not ended."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import unfinished
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import journal_id
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import record_key

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "table": {"type": "str", "required": True},
    "region": {"type": "str"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Reads release records and journals in one call; changes nothing."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the record of each service that was ever released, by name, and those with an unfinished release."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        services = options["services"]
        journals = {journal_id(name): name for name in services}
        keys = [*map(record_key, services), *({"id": key} for key in journals)]
        try:
            items = read_items(Cloud(options["region"]), options["table"], keys)
        except (ConvergeError, ClientError, BotoCoreError) as error:
            raise AnsibleActionFail(explain(error)) from error
        records = {str(item["id"]).partition("/")[2]: item for item in items if item["id"] not in journals}
        open_ones = [journals[item["id"]] for item in items if item["id"] in journals and unfinished(item)]
        return {"changed": False, "records": records, "unfinished": sorted(open_ones)}
