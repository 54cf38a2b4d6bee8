"""Tells of many hosts in one task: a task a host is what a run over a large fleet would spend most of its time on."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting

ARGUMENTS = {
    "text": {"type": "str", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
}


class ActionModule(Acting):
    """Evaluates a text for each host; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return one line a host of which there is something to tell, for the screen as much as for a log."""
        texts = self.declared_by_hosts(options["text"], options["hosts"])
        lines = [f"{host}: {text}" for host, text in texts.items() if text]
        return {"changed": False, "msg": lines, "_ansible_verbose_always": bool(lines)}
