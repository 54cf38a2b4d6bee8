"""Does experiments that disturb an environment, one after the other, and says whether users noticed."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.evidence import Place
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.experiment import Experiment, Plan, Record, check_time
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.report import report
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.windows import check_window
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

EXPERIMENT = {
    "name": {"type": "str", "required": True},
    "template": {"type": "str", "required": True},
    "hypothesis": {"type": "str", "required": True},
    "exceptions": {"type": "list", "elements": "str", "default": []},
    "stop_percent": {"type": "float", "required": True},
    "alarms": {"type": "list", "elements": "str", "default": []},
}
ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "confirm": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "experiments": {"type": "list", "elements": "dict", "required": True, "options": EXPERIMENT},
    "load_balancer": {"type": "str", "required": True},
    "target_groups": {"type": "list", "elements": "str", "required": True},
    "objectives": {"type": "dict", "required": True},
    "windows": {"type": "list", "elements": "dict", "default": []},
    "before_minutes": {"type": "int", "default": 3},
    "settle_minutes": {"type": "int", "default": 2},
    "after_minutes": {"type": "int", "default": 3},
    "timeout_minutes": {"type": "int", "default": 30},
    "tags": {"type": "dict", "default": {}},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Disturbs what is meant to be disturbed, and nothing in check mode."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the report."""
        if options["confirm"] != options["environment"]:
            raise ConvergeError(
                f"confirm is {options['confirm']!r}; give -e confirm={options['environment']} to say that it is meant"
            )
        if self._task.check_mode:
            return {"changed": False, "report": {}}
        cloud = Cloud(options["region"], Guard().check)
        records = _done(cloud, options)
        told = report(options["environment"], options["service"], options["objectives"], records)
        return {"changed": True, "report": told}


def _done(cloud: Cloud, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Do the experiments in order; after one with a problem, the others are not begun."""
    minutes = ("before", "settle", "after", "timeout")
    plan = Plan(options["objectives"], *(options[f"{name}_minutes"] for name in minutes))
    counted = Outputs(cloud, options["outputs_path"]).resolved([options["load_balancer"], options["target_groups"]])
    place = Place(counted[0], tuple(counted[1]), float(options["objectives"]["seconds"]))
    records: list[dict[str, Any]] = []
    for declared in options["experiments"]:
        if records and records[-1]["problems"]:
            left = Record(declared["name"], declared["hypothesis"], declared["exceptions"])
            records.append({**vars(left), "reason": "an earlier one has problems"})
            continue
        now = cloud.time()
        check_window(options["windows"], now, now + check_time(plan, declared))
        one = Experiment(cloud, place, plan, declared, options["tags"], Display().display)
        records.append(one.run())
    return records
