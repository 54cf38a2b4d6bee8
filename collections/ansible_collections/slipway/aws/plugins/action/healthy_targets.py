"""Waits until services have healthy targets, and no others, where their traffic goes."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.checks import Check
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_load_balancer import target_checks

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "timeout": {"type": "int", "default": 1800},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
#: Virtual seconds between two looks.
POLL = 15


class ActionModule(Acting):
    """Looks, and waits; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what was checked; in check mode there is nothing to wait for."""
        if self._task.check_mode:
            return {"changed": False, "checks": []}
        cloud = Cloud(options["region"])
        cloud.progress = Display().display
        outputs = Outputs(cloud, options["outputs_path"]).all()
        found: list[Check] = []

        def healthy() -> bool:
            found[:] = target_checks(cloud, outputs, options["services"])
            return not any(one.problem for one in found)

        what = f"waiting for healthy targets of {', '.join(options['services'])}"
        cloud.wait_until(healthy, what, at_most=options["timeout"], poll=POLL)
        return {"changed": False, "checks": [one.name for one in found]}
