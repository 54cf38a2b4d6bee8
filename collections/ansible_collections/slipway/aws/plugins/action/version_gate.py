"""Keeps a version of Slipway from changing what another one has left, unless somebody says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import read_parameters
from ansible_collections.slipway.aws.plugins.plugin_utils.playbook_vars import playbook_vars
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.version_gate import NEW, UNKNOWN, Gate

ARGUMENTS = {
    "version": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "outputs_path": {"type": "str", "required": True},
    "accepted": {"type": "str", "default": ""},
    "refuse": {"type": "bool", "default": True},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Reads which version the environment was last changed by; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the versions and the breaking changes between them.

        Raises:
            ConvergeError: somebody has to do something first.
        """
        gate = Gate(_stands(options), options["version"], options["accepted"])
        changes = playbook_vars(Path(self.task_vars["playbook_dir"]), "breaking_changes")
        refusal = gate.refusal(options["environment"], changes)
        if refusal and options["refuse"]:
            raise ConvergeError(refusal)
        found = {"changed": False, "stands": gate.stands, "version": gate.version, "breaking": gate.crossed(changes)}
        return {**found, "warnings": [refusal]} if refusal else found


def _stands(options: dict[str, Any]) -> str:
    """Return the version that was last used, by what the component state has published."""
    bucket, version = (f"{options['outputs_path']}/state/{name}" for name in ("bucket", "version"))
    found = {one["Name"]: one["Value"] for one in read_parameters(Cloud(options["region"]), [bucket, version])}
    return str(found.get(version, UNKNOWN if bucket in found else NEW))
