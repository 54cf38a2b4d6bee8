"""Says to which time a database, or copies of one, can be restored, and waits until a moment is among them."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.references import Reference, resolve
from ansible_collections.slipway.aws.plugins.plugin_utils.restore_window import CopiesWindow, RestoreWindow

ARGUMENTS = {
    "instance": {"type": "str"},
    "copies_of": {"type": "str"},
    "required": {"type": "bool", "default": True},
    "moment": {"type": "int"},
    "wait": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 1800},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
ONE = {"required_one_of": [["instance", "copies_of"]], "mutually_exclusive": [["instance", "copies_of"]]}


class ActionModule(Acting):
    """Reads, and waits where it is asked to; changes nothing."""

    arguments = ARGUMENTS
    choices = ONE

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return AWS's time, the restorable window, and what a restored instance has to be told."""
        return {"changed": False, **_looked(options)}


def _looked(options: dict[str, Any]) -> dict[str, Any]:
    cloud = Cloud(options["region"])
    cloud.progress = Display().display
    outputs = Outputs(cloud, options["outputs_path"])
    kind, given = (CopiesWindow, "copies_of") if options["copies_of"] else (RestoreWindow, "instance")

    def lookup(reference: Reference) -> Any:
        if reference.type == "cloud":
            return cloud.identity()[reference.attribute]
        return outputs.value(reference, check=False)

    window = kind(cloud, resolve(options[given], lookup))
    if not options["required"] and not window.there():
        return {"created": None, "latest": None}
    if options["wait"]:
        window.wait_for(options["moment"], options["timeout"])
    return window.told()
