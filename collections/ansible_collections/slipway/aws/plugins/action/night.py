"""Puts an environment to sleep or wakes it up, and waits until it does; the work is the state machine's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.night.machine import TIMEOUT
from ansible_collections.slipway.aws.plugins.plugin_utils.night.mark import read_mark, refuse_asleep
from ansible_collections.slipway.aws.plugins.plugin_utils.night.place import ASLEEP, AWAKE
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

LOOK, REFUSE = "look", "refuse"
ARGUMENTS = {
    "state": {"type": "str", "choices": [ASLEEP, AWAKE, LOOK, REFUSE], "required": True},
    "table": {"type": "str", "required": True},
    "hours": {"type": "dict", "default": {}},
    "machine": {"type": "str", "default": "${output.state.night}"},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
NO_HOURS = (
    "this environment has no working_hours, so nothing is there that puts it to sleep; set working_hours in its"
    " group_vars and run site.yml"
)
#: Virtual seconds between two looks.
POLL = 15


class ActionModule(Acting):
    """Starts the state machine unless the environment is as it is wanted."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return whether it sleeps, and since when."""
        cloud = Cloud(options["region"], Guard().check)
        if options["state"] == REFUSE:
            refuse_asleep(cloud, options["table"])
            return _told({}, changed=False)
        mark = read_mark(cloud, options["table"])
        if options["state"] in {LOOK, mark.get("state", AWAKE)}:
            return _told(mark, changed=False)
        if options["state"] == ASLEEP and not options["hours"]:
            raise ConvergeError(NO_HOURS)
        if not self._task.check_mode:
            _run(cloud, Outputs(cloud, options["outputs_path"]).resolved(options["machine"]), options["state"])
            mark = read_mark(cloud, options["table"])
        return _told(mark, changed=True)


def _told(mark: Mapping[str, str], *, changed: bool) -> dict[str, Any]:
    text = f"it sleeps since {mark['since']}" if mark else "it is awake"
    return {"changed": changed, "asleep": bool(mark), "since": mark.get("since", ""), "msg": text}


def _run(cloud: Cloud, machine: str, state: str) -> None:
    """Run the state machine and wait for its end.

    Raises:
        ConvergeError: it failed; the message says why.
    """
    given = {"name": f"by-hand-{uuid.uuid4().hex}", "input": json.dumps({"state": state})}
    cloud.progress = Display().display
    arn = cloud.write("stepfunctions", "start_execution", stateMachineArn=machine, **given)["executionArn"]

    def ended() -> bool:
        one = cloud.read("stepfunctions", "describe_execution", executionArn=arn)
        if one["status"] in {"RUNNING", "PENDING_REDRIVE"}:
            return False
        if one["status"] != "SUCCEEDED":
            why = f"{one.get('error', '')}: {one.get('cause', '')}".strip(": ")
            raise ConvergeError(f"{arn} ended as {one['status']}, {why}; run it again, which goes on from there")
        return True

    cloud.wait_until(ended, f"until it is {state}", at_most=TIMEOUT, poll=POLL)
