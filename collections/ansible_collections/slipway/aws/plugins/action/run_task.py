"""Runs one ECS task and waits for its end."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, plain
from ansible_collections.slipway.aws.plugins.plugin_utils.task_request import resolved_request, task_request
from ansible_collections.slipway.aws.plugins.plugin_utils.task_run import TaskResult, TaskRun
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import shown

ARGUMENTS = {
    "cluster": {"type": "str", "required": True},
    "task_definition": {"type": "str", "required": True},
    "token": {"type": "str", "required": True},
    "subnets": {"type": "list", "elements": "raw", "required": True},
    "security_groups": {"type": "list", "elements": "str", "required": True},
    "assign_public_ip": {"type": "bool", "default": False},
    "overrides": {"type": "dict", "default": {}},
    "capacity_provider": {"type": "str", "default": "FARGATE"},
    "timeout": {"type": "int", "default": 1800},
    "output": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
    "state": {"type": "str"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Runs a one-shot task."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return how the task ended; in check mode, what would run."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            return self._run(plain(options))
        except (ConvergeError, ClientError, BotoCoreError) as error:
            raise AnsibleActionFail(explain(error)) from error

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        check = bool(self._task.check_mode)
        cloud = Cloud(options["region"], Guard().check)
        cloud.progress = Display().display
        request = resolved_request(task_request(options), cloud, options["outputs_path"], check=check)
        if check:
            return {"changed": True, "would_run": shown(request)}
        run = TaskRun(cloud, request, options["tags"], output=options["output"])
        return _told(run.run(options["timeout"]))


def _told(result: TaskResult) -> dict[str, Any]:
    told = {
        "changed": True,
        "task_arn": result.arn,
        "exit_codes": result.exit_codes,
        "adopted": result.adopted,
        "reason": result.reason,
    }
    if result.succeeded:
        return {**told, "log": result.log}
    return {**told, "failed": True, "msg": result.explained(), "log": result.log}
