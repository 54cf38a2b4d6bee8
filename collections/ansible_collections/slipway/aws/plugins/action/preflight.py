"""The first gate of every playbook: inputs only, before any call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.slipway.aws.plugins.plugin_utils import inputs
from ansible_collections.slipway.aws.plugins.plugin_utils.forks import in_forks
from ansible_collections.slipway.aws.plugins.plugin_utils.host_values import host_views
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_account import ALLOWED, account_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_flags import flag_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_gateway import gateway_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_load_balancers import load_balancer_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_mesh import mesh_problems, name_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_places import place_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_values import (
    adopted_problems,
    hours_problems,
    policy_problems,
    scaling_problems,
    smoke_problems,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_vault import vault_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_waivers import waiver_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.limits import COMMON, LIMITS, limit_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.release.engines import engine_problems, share_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.role_specs import role_specs, roles_paths

ARGUMENTS = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "waivers_end": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Checks every variable of every host of the run against the roles that read them."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Fail with every mistake at once, one sentence each."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        variables = task_vars or {}
        specs = role_specs(roles_paths(variables["playbook_dir"]))
        hostvars, groups = host_views(variables["hostvars"], options["hosts"]), variables["groups"]
        try:
            problems = list(dict.fromkeys(_problems(options["hosts"], hostvars, groups, specs)))
            problems += _waiver_problems(hostvars[options["hosts"][0]], specs, ends=options["waivers_end"])
        except AnsibleError:
            problems = _vaulted(hostvars)
            if not problems:
                raise
        if problems:
            raise AnsibleActionFail(f"{len(problems)} to mend in the inventory: " + "; ".join(problems))
        return {"changed": False, "hosts": len(options["hosts"]), "roles": len(specs)}


def _problems(
    hosts: list[str], hostvars: Mapping[str, Any], groups: Mapping[str, Any], specs: inputs.Specs
) -> Iterator[str]:
    yield from inputs.environment_problems(_given(hostvars[hosts[0]], {"env_name", "environments"}), groups)
    yield from inputs.unknown_names({name for host in hosts for name in hostvars[host]}, specs)
    services = [host for host in hosts if host in groups.get("services", [])]

    def roles(host: str) -> tuple[str, ...]:
        return ("service", "release", "autoscaling") if host in services else (host,)

    def each(part: Sequence[str]) -> list[str]:
        return [text for host in part for text in _role_problems(host, roles(host), hostvars[host], groups, specs)]

    yield from chain.from_iterable(in_forks(each, hosts))
    some = hostvars[hosts[0]]
    yield from account_problems(_given(some, set(ALLOWED)))
    yield from place_problems(hosts, hostvars)
    yield from limit_problems("", some, COMMON)
    yield from hours_problems(some)
    yield from adopted_problems(some.get("slipway_adopted") or {}, {*specs, *hosts, *some["environment_services"]})
    yield from inputs.listing_problems(services, some["environment_services"], some.get("releases") or {})
    yield from load_balancer_problems(some["environment_services"], some.get("load_balancers") or [])
    yield from name_problems(services, hostvars)
    yield from flag_problems(some.get("feature_flags", []), groups.get("platform") or ())


def _vaulted(hostvars: Mapping[str, Any]) -> list[str]:
    """Return what cannot be read; Ansible's view of a host has its variables as they are written, too."""
    return list(vault_problems({host: values._vars for host, values in hostvars.items()}))  # noqa: SLF001


def _waiver_problems(values: Mapping[str, Any], specs: inputs.Specs, *, ends: bool) -> list[str]:
    """Return what is wrong with waivers of the environment that are dictionaries; the spec refuses others."""
    given = _given(values, {"release_waivers"})
    if list(inputs.wrong_values("", "release", given, specs)):
        return []
    waivers = inputs.converted("release", given, specs).get("release_waivers") or []
    return list(waiver_problems(waivers, datetime.now(UTC).date() if ends else None))


def _role_problems(
    host: str, roles: Sequence[str], values: Mapping[str, Any], groups: Mapping[str, Any], specs: inputs.Specs
) -> Iterator[str]:
    for role in roles:
        if role not in specs:
            yield f"{host}: there is no role {role} for this component; roles are {', '.join(sorted(specs))}"
        else:
            yield from _host_problems(host, role, values, groups, specs)


def _host_problems(
    host: str, role: str, values: Mapping[str, Any], groups: Mapping[str, Any], specs: inputs.Specs
) -> Iterator[str]:
    given = _given(values, set(specs[role]))
    mistakes = list(inputs.wrong_values(host, role, given, specs))
    yield from mistakes
    if mistakes:
        return
    asked = inputs.converted(role, given, specs)
    yield from limit_problems(host, asked, LIMITS)
    if role == "service":
        yield from _service_problems(host, values, groups, specs[role])
        yield from smoke_problems(host, asked)
    if role == "release":
        yield from policy_problems(host, asked)
    if role == "release" and host in _released(values, host):
        asked |= _given(values, {"service_engine"})
        yield from chain(engine_problems(host, asked), share_problems(host, asked))
    if role == "autoscaling":
        yield from scaling_problems(host, asked)
    if role == "api_gateway":
        yield from gateway_problems(host, asked, values.get("load_balancers") or [""])
    if role == "network":
        yield from inputs.network_problems(_blocks(given), str(given.get("network_cidr")))


def _service_problems(
    host: str, values: Mapping[str, Any], groups: Mapping[str, Any], spec: Mapping[str, Any]
) -> Iterator[str]:
    asked = {name: option["default"] for name, option in spec.items() if "default" in option}
    asked |= {"service_mesh_name": host} | _given(values, {*spec, "network_nat", "network_interface_endpoints"})
    yield from inputs.size_problems(host, int(asked["service_cpu"]), int(asked["service_memory"]))
    yield from inputs.rule_problems(host, asked["service_path_patterns"] or [])
    yield from inputs.attribute_problems(
        host, asked["service_engine"], asked.get("service_target_group_attributes") or {}
    )
    yield from inputs.trace_problems(host, asked)
    yield from inputs.exec_problems(host, asked)
    yield from mesh_problems(host, asked, groups)


def _released(values: Mapping[str, Any], host: str) -> list[str]:
    """Return the services that a run releases, whose engines what is given on its command line has to suit."""
    asked = values.get("services") or values.get("service") or host
    return [name.strip() for name in str(asked).split(",")]


def _blocks(given: Mapping[str, Any]) -> dict[str, str]:
    tiers = given.get("network_subnet_cidrs") or {}
    return {
        f"network_subnet_cidrs.{tier}[{index}]": str(block)
        for tier, blocks in tiers.items()
        for index, block in enumerate(blocks)
    }


def _given(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
