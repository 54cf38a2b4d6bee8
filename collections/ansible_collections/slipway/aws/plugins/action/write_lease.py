"""Takes the lease of the writers away from one environment, waits it out, and gives it to another."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.clock import timestamp
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.write_lease import WriteLease, Writer

ARGUMENTS = {
    "table": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "taken_from": {"type": "str"},
    "state": {"type": "str", "choices": ["taken", "held"], "required": True},
    "margin": {"type": "int", "default": 5},
}
NEEDED = {"required_if": [["state", "taken", ["taken_from"]]]}


class ActionModule(Acting):
    """Changes the item on condition only; in check mode it says who may write."""

    arguments = ARGUMENTS
    choices = NEEDED

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return who may write, and since when nobody does."""
        guard = Guard()
        cloud = Cloud(options["region"], guard.check)
        lease = WriteLease(cloud, options["table"])
        if self._task.check_mode:
            writer = lease.read()
            return _told(writer, cloud, changed=writer.holder != options["environment"])
        if options["state"] == "held":
            return _told(lease.read(), cloud, changed=lease.give(options["environment"]))
        return _taken(lease, options)


def _taken(lease: WriteLease, options: dict[str, Any]) -> dict[str, Any]:
    before = lease.read()
    writer = lease.take(options["taken_from"], options["environment"])
    if not writer.holder:
        Display().display(f"nobody may write; waiting until services know, {writer.seconds + options['margin']} s")
        lease.wait_out(writer, options["margin"])
    return _told(writer, lease.cloud, changed=writer != before)


def _told(writer: Writer, cloud: Cloud, *, changed: bool) -> dict[str, Any]:
    now = round(cloud.time())
    return {"changed": changed, **vars(writer), "now": now, "now_text": timestamp(now)}
