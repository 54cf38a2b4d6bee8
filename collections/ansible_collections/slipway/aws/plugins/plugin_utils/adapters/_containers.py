"""Container definitions as AWS returns them: with its defaults filled in, and lists in an order of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..compare import canonical

Container = dict[str, Any]
#: What AWS fills in. Fields that it leaves out count as None.
DEFAULTS: Mapping[str, Any] = {
    "cpu": 0,
    "essential": True,
    **dict.fromkeys(("links", "portMappings", "entryPoint", "command", "environment", "environmentFiles"), ()),
    **dict.fromkeys(("mountPoints", "volumesFrom", "secrets", "dependsOn", "dnsServers", "dnsSearchDomains"), ()),
    **dict.fromkeys(("extraHosts", "dockerSecurityOptions", "ulimits", "systemControls", "resourceRequirements"), ()),
    **dict.fromkeys(("credentialSpecs",), ()),
    **dict.fromkeys(("privileged", "readonlyRootFilesystem", "interactive", "pseudoTerminal"), False),
    "disableNetworking": False,
    "dockerLabels": {},
}
#: Lists whose order means something.
ORDERED = frozenset({"command", "entryPoint", "dnsServers", "dnsSearchDomains"})
HEALTH_CHECK: Mapping[str, Any] = {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0}
#: Capabilities and devices of ``linuxParameters`` that AWS tells as empty lists.
EMPTY_LISTS = ("add", "drop", "devices", "tmpfs", "secretOptions")


def complete(container: Container) -> Container:
    """Return a container definition with every default filled in, equal for definitions that mean the same."""
    whole = {**DEFAULTS, **{name: value for name, value in container.items() if value is not None}}
    whole["portMappings"] = [_port(port) for port in whole["portMappings"]]
    whole["mountPoints"] = [{"readOnly": False, **point} for point in whole["mountPoints"]]
    if "healthCheck" in whole:
        whole["healthCheck"] = {**HEALTH_CHECK, **_told(whole["healthCheck"])}
    return {name: _normal(name, value) for name, value in whole.items()}


def as_declared(wanted: Container, actual: Container) -> Container:
    """Return ``actual`` in the words of ``wanted``: equal to it when both mean the same.

    Where a field differs it shows AWS's value, so that a plan names just that field.
    """
    want, have = complete(wanted), complete(actual)
    told = {name: wanted[name] for name in wanted if want.get(name) == have.get(name)}
    other = {name for name in have if want.get(name) != have[name]}
    return {**told, **{name: actual.get(name, DEFAULTS.get(name)) for name in sorted(other)}}


def _port(port: Container) -> Container:
    return {"hostPort": port.get("containerPort"), "protocol": "tcp", **port}


def _told(value: Container) -> Container:
    return {name: item for name, item in value.items() if item is not None}


def _normal(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        told = {key: _normal(key, item) for key, item in value.items() if item is not None}
        return {key: item for key, item in told.items() if not (key in EMPTY_LISTS and not item)}
    if isinstance(value, list | tuple):
        items = [_normal("", item) for item in value]
        return items if name in ORDERED else sorted(items, key=canonical)
    return value
