"""Runs :mod:`converge` in Ansible's own process: no Python is started, boto3 is imported once a run."""

from __future__ import annotations

from typing import Any

from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.adopted import adopt, parsed
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.drift import planned_outputs, write_findings
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.host_values import fleet_values
from ansible_collections.slipway.aws.plugins.plugin_utils.models import preload
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import FAILED, Outcome
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, Resource, parse
from ansible_collections.slipway.aws.plugins.plugin_utils.results import (
    changes_by_host,
    fleet_result,
    kept_texts,
    single_result,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.run_dir import note_end

ARGUMENTS = {
    "resources": {"type": "list", "elements": "dict"},
    "fleet": {"type": "str"},
    "planned": {"type": "str"},
    "tags": {"type": "dict", "default": {}},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
    "rate_limits": {"type": "dict", "default": {}},
    "report": {"type": "str", "default": ""},
    "adopted": {"type": "dict", "default": {}},
}
CHOICE = {"mutually_exclusive": [("resources", "fleet")], "required_one_of": [("resources", "fleet")]}

# Ansible imports this where it forks from; each fork would read the connection and its documentation anew.
preload()
connection_loader.get("slipway.aws.warm", class_only=True)


class ActionModule(Acting):
    """Converges a list of resources, or that of every host of the play, and reports each."""

    arguments = ARGUMENTS
    choices = CHOICE
    _supports_diff = True

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the result of the task; every resource's outcome stands under ``resources``."""
        if options["fleet"]:
            return self._run_fleet(options)
        engine = self._engine(options)
        outcomes = self._told(options, engine, self._single(options))
        failed = any(outcome.action == FAILED for outcome in outcomes)
        note_end(str(self.task_vars.get("inventory_hostname", "")), failed=failed)
        return single_result(outcomes, engine.cloud)

    def _single(self, options: dict[str, Any]) -> list[Resource]:
        absent = options["state"] == "absent"
        declared = [parse(entry, options["tags"], absent=absent) for entry in options["resources"]]
        try:
            return adopt(declared, parsed(options["adopted"]))
        except ValueError as error:
            raise ConvergeError(str(error)) from error

    def _run_fleet(self, options: dict[str, Any]) -> dict[str, Any]:
        declared = self._of_hosts(options)
        engine = self._engine(options)
        result = fleet_result(self._told(options, engine, declared[options["fleet"]]), engine.cloud)
        if options["planned"]:
            planner = Engine(engine.cloud, engine.outputs, check=True, progress=Display().display)
            result["planned"] = changes_by_host(planner.run(declared[options["planned"]]))
            result["told"] = sorted({*result["told"], *result["planned"]})
        return result

    def _of_hosts(self, options: dict[str, Any]) -> dict[str, list[Resource]]:
        """Return the resources of all hosts by the variable that declares them."""
        names = [name for name in (options["fleet"], options["planned"]) if name]
        absent, declared = options["state"] == "absent", dict[str, list[Resource]]((name, []) for name in names)
        wanted = fleet_values(self, self.task_vars, self.task_vars["ansible_play_hosts"], [*names, "slipway_tags"])
        for host, values in wanted.items():
            for name in names:
                declared[name] += [parse(entry, values["slipway_tags"], host, absent=absent) for entry in values[name]]
        return declared

    def _engine(self, options: dict[str, Any]) -> Engine:
        cloud = Cloud(options["region"], Guard().check, options["rate_limits"])
        outputs = Outputs(cloud, options["outputs_path"], self._planned(options))
        return Engine(cloud, outputs, check=self._task.check_mode, progress=Display().display)

    def _planned(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what the tasks before this one would publish, where a plan keeps what it finds."""
        if not (self._task.check_mode and options["report"]):
            return {}
        return planned_outputs(options["report"], options["outputs_path"])

    def _told(self, options: dict[str, Any], engine: Engine, resources: list[Resource]) -> list[Outcome]:
        outcomes = engine.run(resources)
        for text in kept_texts(outcomes):
            Display().display(f"kept: {text}")
        if options["report"]:
            write_findings(outcomes, options["report"], str(self.task_vars.get("inventory_hostname", "")))
        return outcomes
