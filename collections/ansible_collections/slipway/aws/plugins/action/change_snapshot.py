"""Takes one snapshot of a database when hosts of the play are about to change its data."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.change_snapshot import ChangeSnapshots
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs

ARGUMENTS = {
    "instance": {"type": "str", "required": True},
    "reasons": {"type": "str", "required": True},
    "keep": {"type": "int", "required": True},
    "tags": {"type": "dict", "default": {}},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Asks each host for its reason; without one, nothing is done."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the name of the snapshot; in check mode, why one would be taken."""
        asked = [str(reason) for reason in self.declared_by_hosts(options["reasons"]).values()]
        reason = ", ".join(one for one in asked if one)
        if not reason:
            return {"changed": False, "snapshot": "", "msg": "nothing asks for a snapshot"}
        if self._task.check_mode:
            return {"changed": True, "snapshot": "", "msg": f"would take a snapshot before {reason}"}
        name = _taken(options, reason)
        return {"changed": True, "snapshot": name, "msg": f"{name} holds the data from before {reason}"}


def _taken(options: dict[str, Any], reason: str) -> str:
    cloud = Cloud(options["region"], Guard().check)
    cloud.progress = Display().display
    instance = Outputs(cloud, options["outputs_path"]).resolved(options["instance"])
    return ChangeSnapshots(cloud, instance, options["keep"], options["tags"]).take(reason)
