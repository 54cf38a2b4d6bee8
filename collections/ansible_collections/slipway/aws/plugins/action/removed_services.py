"""Tells which services stand that are no longer listed, and what it takes to remove one; changes nothing."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.previews.derive import PREFIX
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from ansible_collections.slipway.aws.plugins.plugin_utils.release import variants
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import unfinished
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import journal_id
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.find import Removed, find, kinds, line, standing
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.host import load_balancer, removed_host
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.left import left
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import record_key

ARGUMENTS = {
    "project": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "listed": {"type": "list", "elements": "str", "required": True},
    "service": {"type": "str"},
    "load_balancers": {"type": "list", "elements": "str", "default": ["main"]},
    "recovery_days": {"type": "int", "default": 30},
    "delete_images": {"type": "bool", "default": False},
    "table": {"type": "str"},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Finds all of them, or describes the one that is named."""

    arguments = ARGUMENTS
    choices = {"required_by": {"service": ["table"]}}  # noqa: RUF012  the base class says ClassVar

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return a sentence for each; of a named one also the host that it is, and what components hold for it."""
        cloud = Cloud(options["region"])
        if options["service"] is not None:
            return self._named(cloud, options)
        found = find(cloud, options["project"], options["environment"], options["listed"])
        told = [line(options["environment"], one) for one in found]
        return {"changed": False, "services": [one.service for one in found], "lines": told}

    def _named(self, cloud: Cloud, options: dict[str, Any]) -> dict[str, Any]:
        service, environment = options["service"], options["environment"]
        _refuse(service, environment, [*options["listed"], *self.task_vars["groups"].get("services", [])])
        record = _record(cloud, options["table"], service)
        removed = Removed(service, standing(cloud, options["project"], environment, service))
        if not removed.arns and not record:
            return {"changed": False, "hosts": [], "left": [], "lines": [f"nothing stands of {service}"]}
        outputs = Outputs(cloud, options["outputs_path"]).all()
        balancer = load_balancer(cloud, removed, outputs, options["load_balancers"])
        host = removed_host(removed, record, outputs, balancer, environment)
        prefix = f"{options['project']}-{environment}"
        entries = left(removed, outputs, options["outputs_path"], prefix, options)
        told = [f"of {service} stand: {kinds(removed.arns)}"]
        return {"changed": False, "hosts": [host], "left": entries, "lines": told}


def _record(cloud: Cloud, table: str, service: str) -> dict[str, Any]:
    """Return what the last release of a service wrote.

    Raises:
        ConvergeError: a release or an experiment goes on.
    """
    keys = [record_key(service), {"id": journal_id(service)}]
    items = {item["id"]: item for item in read_items(cloud, table, keys)}
    experiment = variants.read(cloud, table, service)
    going = "a release" if unfinished(items.get(journal_id(service), {})) else ""
    going = "an experiment" if experiment and not experiment.ended else going
    if going:
        raise ConvergeError(
            f"{going} of {service} has not ended; put the service back into the inventory and end it with"
            f" {'playbooks/abort.yml' if going == 'a release' else 'playbooks/experiment.yml -e operation=stop'} first"
        )
    return items.get(record_key(service)["id"], {})


def _refuse(service: str, environment: str, listed: list[str]) -> None:
    """Let nobody remove what is declared, a preview, or everything.

    Raises:
        ConvergeError: says what was given and what to do.
    """
    if not service:
        raise ConvergeError("service is not set; give -e service=NAME, that of a service which is no longer listed")
    if service in listed:
        raise ConvergeError(
            f"service is {service}, which the inventory has; take it out of environment_services, releases, hosts.yml"
            f" and host_vars of inventories/{environment} first"
        )
    if service.startswith(PREFIX):
        raise ConvergeError(f"service is {service}, a preview of a branch; playbooks/preview_down.yml removes it")
