"""Begins, looks at and ends the record of an A/B experiment; what it runs on is the role service's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.release import variants
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ARGUMENTS = {
    "operation": {"type": "str", "choices": ["check", "start", "look", "stop"], "required": True},
    "service": {"type": "str", "required": True},
    "table": {"type": "str", "required": True},
    "experiment": {"type": "dict", "default": {}},
    "rate": {"type": "float", "default": 0.0},
    "difference": {"type": "float", "default": 0.0},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Keeps the record of one service's experiment."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return a line for people under ``msg``, and the ``result`` so far."""
        cloud = Cloud(options["region"], Guard().check)
        if options["operation"] in {"check", "start"}:
            return self._begin(cloud, options)
        return self._judge(cloud, options)

    def _begin(self, cloud: Cloud, options: dict[str, Any]) -> dict[str, Any]:
        """Write the record once everything stands; ``check`` says what it needs, and refuses a second experiment."""
        share = float(options["experiment"]["share"])
        requests = variants.planned(options["rate"], options["difference"], share)
        told = f"{options['service']}: {requests} requests of both variants are needed"
        there = variants.read(cloud, options["table"], options["service"])
        same = there is not None and not there.ended and there.versions == options["experiment"]["versions"]
        if there is not None and not there.ended and not same:
            raise ConvergeError(f"{options['service']}: an experiment of {there.versions} goes on; stop it first")
        if options["operation"] == "check" or same or self._task.check_mode:
            return {"changed": not same and options["operation"] == "start", "msg": told, "planned": requests}
        declared = Outputs(cloud, options["outputs_path"]).resolved(options["experiment"])
        begun = variants.Experiment(service=options["service"], planned=requests, begun=cloud.time(), **declared)
        variants.write(cloud, options["table"], begun)
        return {"changed": True, "msg": told, "planned": requests}

    def _judge(self, cloud: Cloud, options: dict[str, Any]) -> dict[str, Any]:
        """Say how it stands; with ``stop``, keep the result as the last word."""
        going = variants.going_on(cloud, options["table"], options["service"])
        now = cloud.time()
        result = variants.judged(going, variants.counts(cloud, going, now))
        ends = options["operation"] == "stop"
        if ends and not self._task.check_mode:
            variants.write(cloud, options["table"], replace(going, ended=now, result=result))
        return {"changed": ends, "msg": variants.line(going, result), "result": result}
