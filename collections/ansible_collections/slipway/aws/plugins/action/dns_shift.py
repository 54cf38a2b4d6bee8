"""Sends whoever asks for names that environments share to one of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.shared_names import SharedNames

ARGUMENTS = {
    "zone": {"type": "str", "required": True},
    "names": {"type": "list", "elements": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Changes weights only; in check mode it says which."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the weights that were, or would be, changed."""
        cloud = Cloud(options["region"], Guard().check)
        zone = Outputs(cloud, options["outputs_path"]).resolved(options["zone"])
        shared = SharedNames(cloud, zone)
        changes = shared.changes(options["names"], options["environment"])
        if changes and not self._task.check_mode:
            shared.write(changes)
        weights = [{"name": one["Name"], "of": one["SetIdentifier"], "weight": one["Weight"]} for one in changes]
        return {"changed": bool(changes), "weights": weights}
