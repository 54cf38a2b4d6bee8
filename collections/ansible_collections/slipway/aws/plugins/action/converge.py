"""Runs :mod:`converge` in Ansible's own process: no Python is started, boto3 is imported once a run."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import KEPT, Outcome, failures
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse, plain

ARGUMENTS = {
    "resources": {"type": "list", "elements": "dict", "required": True},
    "tags": {"type": "dict", "default": {}},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Converges a list of resources and reports each."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task; every resource's outcome stands under ``resources``."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            outcomes, cloud = self._converge(plain(options))
        except ConvergeError as error:
            raise AnsibleActionFail(str(error)) from error
        return _result(outcomes, cloud)

    def _converge(self, options: dict[str, Any]) -> tuple[list[Outcome], Cloud]:
        absent = options["state"] == "absent"
        resources = [parse(entry, options["tags"], absent=absent) for entry in options["resources"]]
        cloud = Cloud(options["region"], Guard().check)
        engine = Engine(
            cloud, Outputs(cloud, options["outputs_path"]), check=self._task.check_mode, progress=Display().display
        )
        return engine.run(resources), cloud


def _result(outcomes: list[Outcome], cloud: Cloud) -> dict[str, Any]:
    broken = failures(outcomes)
    result: dict[str, Any] = {
        "changed": any(outcome.changed for outcome in outcomes),
        "resources": [outcome.as_result() for outcome in outcomes if outcome.action != "unchanged"],
        "diff": [outcome.as_diff() for outcome in outcomes if outcome.changed],
        "kept": [f"{outcome.resource}: {outcome.message}" for outcome in outcomes if outcome.action == KEPT],
        "api_calls": sum(cloud.calls.values()),
    }
    if broken:
        result |= {"failed": True, "msg": "; ".join(broken)}
    return result
