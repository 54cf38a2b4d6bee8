"""Waits by the clock that AWS and we share, and stops at once when ansible-playbook has died."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard

ARGUMENTS = {"seconds": {"type": "int", "required": True}, "region": {"type": "str"}}


class ActionModule(Acting):
    """Sleeps; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return after the time, at once in check mode."""
        guard = Guard()
        cloud = Cloud(options["region"], guard.check)
        for _ in range(0 if self._task.check_mode else options["seconds"]):
            cloud.wait(1)
            guard.check()
        return {"changed": False, "seconds": 0 if self._task.check_mode else options["seconds"]}
