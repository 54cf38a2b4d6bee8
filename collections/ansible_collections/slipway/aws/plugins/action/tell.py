"""Tells of many hosts in one task: a task a host is what a run over a large fleet would spend most of its time on."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.host_values import fleet_values

ARGUMENTS = {
    "text": {"type": "str", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
}


class ActionModule(Acting):
    """Evaluates a text for each host; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return one line a host of which there is something to tell, for the screen as much as for a log."""
        found = fleet_values(self, self.task_vars, options["hosts"], [options["text"]])
        texts = {host: str(values[options["text"]]) for host, values in found.items()}
        lines = [f"{host}: {text}" for host, text in texts.items() if text]
        return {"changed": False, "msg": lines, "_ansible_verbose_always": bool(lines)}
