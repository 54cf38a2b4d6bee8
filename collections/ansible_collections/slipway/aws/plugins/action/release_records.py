"""Reads what the last release of each service wrote."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import record_key

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "table": {"type": "str", "required": True},
    "region": {"type": "str"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Reads release records in one call; changes nothing."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the record of each service that was ever released, by name."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            items = read_items(Cloud(options["region"]), options["table"], list(map(record_key, options["services"])))
        except (ConvergeError, ClientError, BotoCoreError) as error:
            raise AnsibleActionFail(explain(error)) from error
        return {"changed": False, "records": {str(item["id"]).partition("/")[2]: item for item in items}}
