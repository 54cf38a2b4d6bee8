"""Runs one ECS task and waits for its end."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
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
}


class ActionModule(Acting):
    """Runs a one-shot task."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return how the task ended; in check mode, what would run."""
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
        "log": result.log,
        "task_arn": result.arn,
        "exit_codes": result.exit_codes,
        "adopted": result.adopted,
        "reason": result.reason,
    }
    if result.succeeded:
        return told
    return {**told, "failed": True, "msg": result.explained()}
