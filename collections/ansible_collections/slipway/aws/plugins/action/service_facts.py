"""Tells where every service of the play stands, in one task."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import (
    ABSENT,
    FIRST,
    WAITING,
    Question,
    ServiceState,
    service_states,
)

ARGUMENTS = {
    "questions": {"type": "str", "required": True},
    "table": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Reads release records and images; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the state of each host of the play under ``services``."""
        hosts = self.task_vars["ansible_play_hosts"]
        if options["state"] == "absent":
            return _told({host: ServiceState(ABSENT) for host in hosts}, [])
        questions = [Question(**asked) for asked in self.declared_by_hosts(options["questions"]).values()]
        states = service_states(Cloud(options["region"]), options["table"], questions)
        return _told(states, questions)


def _told(states: dict[str, ServiceState], questions: list[Question]) -> dict[str, Any]:
    return {
        "changed": False,
        "services": {host: state.as_fact() for host, state in states.items()},
        "first": [host for host, state in states.items() if state.state == FIRST],
        "waiting": [host for host, state in states.items() if state.state == WAITING],
        "moved": [question.name for question in questions if question.moved(states[question.name].record)],
        "called": [question.name for question in questions if question.called],
    }
