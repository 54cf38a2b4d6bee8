"""What ECS refuses of Service Connect.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.tasks import mesh
from rehearsal.tasks.hooks_services import mover_of, service_arn
from rehearsal.tasks.model import CODE_DEPLOY, Service


def _refuse(text: str) -> Refused:
    return Refused("InvalidParameterException", text)


@before("ecs", "CreateService", "UpdateService")
def check_mesh(call: Call) -> None:
    """Refuse a namespace that there is not, ports and names that cannot be had, and time-outs without requests."""
    if "tasks" not in call.world.movers:  # a control plane alone
        return
    present = mover_of(call).services.get(service_arn(call, call.params.get("serviceName") or call.params["service"]))
    active = present if present and present.status == "ACTIVE" else None
    settings = {**(active.settings if active else {}), **call.params}
    given = mesh.configuration(settings)
    if not given or not {"serviceConnectConfiguration", "taskDefinition"} & set(call.params):
        return
    _check_place(call, settings, given)
    name = call.params.get("taskDefinition") or (active.primary.definition if active else "")
    if name:
        _check_ports(given, mover_of(call).definition(call.region, name))
    _check_names(call, settings)


def _check_place(call: Call, settings: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if settings.get("deploymentController", {}).get("type") == CODE_DEPLOY:
        raise _refuse("Service Connect is not supported with the deployment controller CODE_DEPLOY.")
    if mesh.namespace(call.world, call.region, given.get("namespace", "")) is None:
        raise Refused("NamespaceNotFoundException", f"The namespace '{given.get('namespace', '')}' was not found.")
    if given.get("accessLogConfiguration") and not given.get("logConfiguration"):
        raise _refuse("accessLogConfiguration needs a logConfiguration in the serviceConnectConfiguration.")


def _check_ports(given: Mapping[str, Any], definition: Mapping[str, Any]) -> None:
    mappings = [one for c in definition["containerDefinitions"] for one in c.get("portMappings", [])]
    ports = {one["name"]: one for one in mappings if one.get("name")}
    for one in given.get("services", []):
        if one["portName"] not in ports:
            raise _refuse(
                f"Service Connect port name '{one['portName']}' is not that of a port mapping of the task definition"
                f" {definition['taskDefinitionArn']}."
            )
        if len(one.get("clientAliases", [])) != 1:
            raise _refuse(f"The Service Connect service '{one['portName']}' must have exactly one client alias.")
        protocol = ports[one["portName"]].get("appProtocol")
        if "perRequestTimeoutSeconds" in one.get("timeout", {}) and protocol not in mesh.HTTP_PROTOCOLS:
            raise _refuse("perRequestTimeoutSeconds is only valid for a port whose appProtocol is http, http2 or grpc.")


def _check_names(call: Call, settings: dict[str, Any]) -> None:
    arn = service_arn(call, settings.get("serviceName") or settings["service"])
    asked = Service(arn, call.region, "", "", settings, 0.0)
    for one in mesh.endpoints(call.world, asked):
        for other in mesh.known(call.world, asked):
            same = one["discovery"] == other["discovery"] or (one["name"], one["port"]) == (
                other["name"],
                other["port"],
            )
            if other["service"] != arn and same:
                raise _refuse(
                    f"The name '{one['discovery']}' or the alias '{one['name']}:{one['port']}' is used by"
                    f" {other['service']} in this namespace."
                )
