"""Says to which time a database can be restored, and waits until a moment is among them."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.references import resolve
from ansible_collections.slipway.aws.plugins.plugin_utils.restore_window import RestoreWindow

ARGUMENTS = {
    "instance": {"type": "str", "required": True},
    "moment": {"type": "int"},
    "wait": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 1800},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Reads, and waits where it is asked to; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return AWS's time, the restorable window, and what a restored instance has to be told."""
        return {"changed": False, **_looked(options)}


def _looked(options: dict[str, Any]) -> dict[str, Any]:
    cloud = Cloud(options["region"])
    cloud.progress = Display().display
    outputs = Outputs(cloud, options["outputs_path"])
    name = resolve(options["instance"], lambda reference: outputs.value(reference, check=False))
    window = RestoreWindow(cloud, name)
    if options["wait"]:
        window.wait_for(options["moment"], options["timeout"])
    return window.told()
