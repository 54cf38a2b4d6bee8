"""Takes the images that serve in one environment to the next; the work is in ``plugin_utils/promotion``."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.promotion import (
    PLACE,
    Place,
    promoted,
    promotion_lines,
    take_over,
)

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "project": {"type": "str", "required": True},
    "source": {"type": "dict", "required": True, "options": PLACE},
    "target": {"type": "dict", "required": True, "options": PLACE},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Copies what the target's registry lacks; never builds anything."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the versions under ``releases``, and the services that run something else under ``differ``."""
        source, target = (Place.of(options[name], options, Guard().check) for name in ("source", "target"))
        versions = promoted(source, options["services"])
        runs = target.versions(options["services"])
        copied = take_over(source, target, versions, check=self._task.check_mode)
        return {
            "changed": bool(copied),
            "releases": versions,
            "copied": copied,
            "differ": [name for name in versions if name in runs and runs[name]["digest"] != versions[name]["digest"]],
            "lines": promotion_lines(source, target, versions, runs, copied),
        }
