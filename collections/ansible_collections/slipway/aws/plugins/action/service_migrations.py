"""Runs the one-shot migrations of many services side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.parallel import side_by_side
from ansible_collections.slipway.aws.plugins.plugin_utils.release.migrating import (
    is_migrated,
    note_migrated,
    raise_floor,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.settle import EXPECTED
from ansible_collections.slipway.aws.plugins.plugin_utils.task_request import resolved_request, task_request
from ansible_collections.slipway.aws.plugins.plugin_utils.task_run import TaskRun

ARGUMENTS = {
    "tasks": {"type": "str", "required": True},
    "timeout": {"type": "int", "default": 1800},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
OPTIONS = {"assign_public_ip": False, "overrides": {}, "capacity_provider": "FARGATE", "tags": {}, "noted": {}}


class ActionModule(Acting):
    """Runs a task for each host whose variable asks for one."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the tasks that ran by host, and why others failed under ``failures``."""
        wanted = self._wanted(options["tasks"])
        if self._task.check_mode:
            return {"changed": bool(wanted), "hosts": {}, "failures": {}}
        cloud = Cloud(options["region"], Guard().check)
        cloud.progress = Display().display
        ended = side_by_side(lambda host: migrate_one(cloud, wanted[host], options), wanted)
        told = dict(zip(wanted, ended, strict=True))
        return {
            "changed": any(arn or reason for arn, reason in ended),
            "hosts": {host: arn for host, (arn, _) in told.items() if arn},
            "failures": {host: reason for host, (_, reason) in told.items() if reason},
        }

    def _wanted(self, name: str) -> dict[str, dict[str, Any]]:
        return {host: {**OPTIONS, **value} for host, value in self.declared_by_hosts(name).items() if value}


def migrate_one(cloud: Cloud, task: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[str, str]:
    """Return the task's ARN and why it failed; both are empty where a run before this one has done it."""
    try:
        request = resolved_request(task_request(dict(task)), cloud, options["outputs_path"], check=False)
        if task["noted"] and not _begins(cloud, task["noted"]):
            return "", ""
        result = TaskRun(cloud, request, task["tags"]).run(options["timeout"])
        if task["noted"] and result.succeeded:
            note_migrated(cloud, *(task["noted"][name] for name in ("table", "service", "digest")))
    except EXPECTED as error:
        return "", explain(error)
    return result.arn, "" if result.succeeded else result.explained()


def _begins(cloud: Cloud, noted: Mapping[str, Any]) -> bool:
    """Say whether a version is still to migrate the database; where it contracts it, close the ways back first."""
    table, service = noted["table"], noted["service"]
    if not noted["again"] and is_migrated(cloud, table, service, noted["digest"]):
        return False
    if noted["contract_from"]:
        raise_floor(cloud, table, service, noted["contract_from"])
    return True
