"""Tells how the releases of services stand, from any machine, and asks the run that goes on to stop or to go on."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import unfinished
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import ABORT, GO_ON, Journal
from ansible_collections.slipway.aws.plugins.plugin_utils.release.status import (
    goes_on,
    held,
    history,
    last_look,
    status_line,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.release.switch import Switch
from ansible_collections.slipway.aws.plugins.plugin_utils.release.together import ahead

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "table": {"type": "str", "required": True},
    "history": {"type": "int", "default": 5},
    "order": {"type": "str", "choices": ["", ABORT, GO_ON], "default": ""},
    "actor": {"type": "str", "default": ""},
    "timeout": {"type": "int", "default": 300},
    "region": {"type": "str"},
}
POLL = 5


class ActionModule(Acting):
    """Reads journals; with ``order``, leaves one in those of runs that go on, and waits until it is carried out."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return ``lines`` for people, and the services whose release was left in the middle under ``left``."""
        cloud = Cloud(options["region"])
        cloud.progress = Display().display
        journals = {name: Journal(cloud, options["table"], name) for name in options["services"]}
        ordered = self._order(cloud, journals, options)
        last = {name: one.read() for name, one in journals.items()}
        running = {name: entry for name, entry in last.items() if unfinished(entry)}
        alive = {name: goes_on(cloud, journals[name]) for name in running}
        fired = {name: Switch(cloud, options["table"], name, 0, "").fired() for name in running}
        now = [
            line
            for name, entry in running.items()
            for line in (status_line(entry, alive=alive[name], fired=fired[name]), *last_look(entry))
        ]
        past = [line for one in journals.values() for line in self._past(one, options["history"])]
        left = [name for name in running if not alive[name]]
        if options["order"] == ABORT:
            left += [name for name in ahead(last) if not held(cloud, journals[name])]
        return {"changed": bool(ordered), "lines": [*now, *past], "left": left, "ordered": ordered}

    def _order(self, cloud: Cloud, journals: dict[str, Journal], options: dict[str, Any]) -> list[str]:
        word = options["order"]
        if not word or self._task.check_mode:
            return []
        ordered = [name for name, journal in journals.items() if goes_on(cloud, journal)]
        for name in ordered:
            journals[name].order(word, options["actor"])
        cloud.wait_until(
            lambda: not any(journals[name].read().get("order") and goes_on(cloud, journals[name]) for name in ordered),
            f"{word} of {', '.join(ordered)} by the run that releases",
            at_most=options["timeout"],
            poll=POLL,
        )
        return ordered

    @staticmethod
    def _past(journal: Journal, most: int) -> list[str]:
        return [status_line(entry, alive=False) for entry in history(journal, most)]
