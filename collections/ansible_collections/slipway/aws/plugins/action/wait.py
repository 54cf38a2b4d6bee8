"""Waits by the clock that AWS and we share, and stops at once when ansible-playbook has died."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ARGUMENTS = {"seconds": {"type": "int", "required": True}, "region": {"type": "str"}}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Sleeps; changes nothing."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return after the time, at once in check mode."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        guard = Guard()
        try:
            cloud = Cloud(options["region"], guard.check)
            for _ in range(0 if self._task.check_mode else options["seconds"]):
                cloud.wait(1)
                guard.check()
        except ConvergeError as error:
            raise AnsibleActionFail(str(error)) from error
        return {"changed": False, "seconds": 0 if self._task.check_mode else options["seconds"]}
