"""The first gate: what was written in the inventory, checked without asking anybody.

Every function is pure and returns sentences that name the variable, what it is, what is allowed and what to do.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .adapter import without
from .limits import VERSION, limit_problems
from .nearest import nearest
from .wrong_types import wrong_types

Specs = Mapping[str, Mapping[str, Any]]

_GIB = 1024
#: Memory in MiB that Fargate offers for each number of CPU units.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE_MEMORY: dict[int, list[int]] = {
    256: [512, _GIB, 2 * _GIB],
    512: [size * _GIB for size in range(1, 5)],
    1024: [size * _GIB for size in range(2, 9)],
    2048: [size * _GIB for size in range(4, 17)],
    4096: [size * _GIB for size in range(8, 31)],
    8192: [size * _GIB for size in range(16, 61, 4)],
    16384: [size * _GIB for size in range(32, 121, 8)],
}
#: What a listener rule takes.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
VALUES_PER_RULE, LAST_PRIORITY = 5, 50_000
#: What the agent of ECS Exec calls in a task: its channels, and the key of sessions.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
EXEC_ENDPOINTS = ("kms", "ssmmessages")
#: The attribute with which sessions stick to a target.
STICKS = "stickiness.enabled"


def role_of(name: str, specs: Specs) -> str | None:
    """Return the role a variable belongs to by its prefix: the longest role name that fits."""
    fitting = [role for role in specs if name.startswith(f"{role}_")]
    return max(fitting, key=len, default=None)


def unknown_names(names: Iterable[str], specs: Specs) -> Iterator[str]:
    """Yield a sentence for each variable that carries a role's prefix and that the role does not know."""
    for name in sorted(set(names)):
        role = role_of(name, specs)
        if role and name not in specs[role]:
            hint = nearest(name, specs[role], f"see roles/{role}/README.md for those there are")
            yield f"{name}: the role {role} has no such variable; {hint}"


def wrong_values(host: str, role: str, given: Mapping[str, Any], specs: Specs) -> Iterator[str]:
    """Yield a sentence for each variable of a host that its role's argument spec refuses."""
    for message in wrong_types(given, _without_defaults(specs[role])):
        yield f"{host}: {message} (roles/{role}/README.md says what is allowed)"


def converted(role: str, given: Mapping[str, Any], specs: Specs) -> dict[str, Any]:
    """Return variables of a host as their types say: the text ``10,50`` for a list as one. None may be wrong."""
    known = {name: value for name, value in given.items() if name in specs[role]}
    values = ArgumentSpecValidator(_without_defaults(specs[role])).validate(known).validated_parameters
    return {name: values[name] for name in known}


def _without_defaults(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec to check what was written in the inventory: defaults stand in the role and may be templates."""
    return {name: without(option, ["default"]) for name, option in options.items()}


def environment_problems(values: Mapping[str, Any], groups: Container[str]) -> Iterator[str]:
    """Check that the environment is known and that this inventory is its inventory."""
    name, allowed = values.get("env_name"), values.get("environments", [])
    together = [one for one in allowed if one in groups]
    if len(together) > 1:
        yield f"the inventories of {' and '.join(together)} were given together; give -i once"
    elif name not in allowed:
        yield f"env_name is {name!r}; allowed are {', '.join(allowed)} (environments in group_vars/all)"
    elif name not in groups:
        yield f"env_name is {name!r}, but no host is in a group {name}: this is another environment's inventory"


def network_problems(blocks: Mapping[str, str], inside: str) -> Iterator[str]:
    """Check that CIDR blocks are networks, lie inside one and do not overlap.

    Args:
        blocks: CIDR by the name it has in the inventory.
        inside: the VPC's CIDR.
    """
    parsed = {}
    for name, text in {"network_cidr": inside, **blocks}.items():
        try:
            parsed[name] = ipaddress.ip_network(text)
        except ValueError as error:
            yield f"{name} is {text!r}, which is no IPv4 network: {error}"
    outer = parsed.pop("network_cidr", None)
    for name, block in parsed.items():
        if outer is not None and not (block.version == outer.version and block.subnet_of(outer)):  # type: ignore[arg-type]  # versions are equal
            yield f"{name} is {block}, outside of network_cidr {outer}"
    for (one, first), (two, second) in combinations(parsed.items(), 2):
        if first.overlaps(second):
            yield f"{one} {first} and {two} {second} overlap; give each subnet a block of its own"


def size_problems(host: str, cpu: int, memory: int) -> Iterator[str]:
    """Check a pair of CPU units and MiB of memory against what Fargate offers."""
    if cpu not in FARGATE_MEMORY:
        yield f"{host}: service_cpu is {cpu}; allowed are {', '.join(map(str, FARGATE_MEMORY))}"
    elif memory not in FARGATE_MEMORY[cpu]:
        offered = FARGATE_MEMORY[cpu]
        yield f"{host}: service_memory is {memory}; with service_cpu {cpu} allowed are {', '.join(map(str, offered))}"


def trace_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check the share of requests that are traced, and that the collector can be had and leaves room for the service.

    Args:
        host: the service.
        given: its ``service_*`` variables, defaults among them, and ``network_nat`` where it is known.
    """
    share, image = float(given["service_trace_share"]), given["service_collector_image"]
    if not 0 <= share <= 1:
        yield f"{host}: service_trace_share is {share:g}; allowed are 0, for no traces, to 1, for every request"
    for part in ("cpu", "memory") if share else ():
        taken, most = int(given[f"service_collector_{part}"]), int(given[f"service_{part}"]) // 2
        if not 0 < taken <= most:
            yield f"{host}: service_collector_{part} is {taken}; allowed are 1 to {most}, half of service_{part}"
    if share and given.get("network_nat") == "none" and ".dkr.ecr." not in image:
        yield (
            f"{host}: service_collector_image is {image}, and with network_nat 'none' tasks reach no public registry;"
            " copy it to ECR and name it there, or set service_trace_share to 0"
        )


def exec_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check that tasks that ECS Exec may enter reach what it needs.

    Args:
        host: the service.
        given: its ``service_exec``, and ``network_nat`` and ``network_interface_endpoints`` where they are known.
    """
    missing = [one for one in EXEC_ENDPOINTS if one not in (given.get("network_interface_endpoints") or ())]
    if given["service_exec"] and given.get("network_nat") == "none" and missing:
        yield (
            f"{host}: service_exec is true, and with network_nat 'none' tasks do not reach {' and '.join(missing)};"
            " add them to network_interface_endpoints, or set service_exec to false"
        )


def rule_problems(host: str, patterns: Sequence[str]) -> Iterator[str]:
    """Check how many values the conditions of a service's listener rule have; its domain is one of them."""
    if len(patterns) >= VALUES_PER_RULE:
        yield (
            f"{host}: service_path_patterns has {len(patterns)} entries; allowed are {VALUES_PER_RULE - 1}, since a"
            f" listener rule compares {VALUES_PER_RULE} values and the domain is one; join some with * or ?"
        )


def attribute_problems(host: str, engine: str, attributes: Mapping[str, Any]) -> Iterator[str]:
    """Check attributes of target groups that AWS refuses behind a rule with two groups."""
    if engine != "rolling" and str(attributes.get(STICKS, "")).lower() == "true":
        yield (
            f"{host}: service_target_group_attributes has {STICKS}, which AWS refuses behind a listener rule that"
            f" spreads requests over two target groups, as with service_engine {engine}: keep sessions outside of the"
            " tasks, or take service_engine rolling, which has one group"
        )


def listing_problems(services: Iterable[str], listed: Mapping[str, Any], releases: Mapping[str, Any]) -> Iterator[str]:
    """Check services of the inventory against the environment's full list and its releases."""
    mistakes = [*_shape_problems("environment_services", listed), *_shape_problems("releases", releases)]
    if mistakes:
        yield from mistakes
        return
    for name in services:
        if name not in listed:
            yield f"{name}: not in environment_services, which has {', '.join(sorted(listed))}; add it with a priority"
        image = releases.get(name) or {}
        if not image.get("image_tag") and not image.get("digest"):
            yield f"{name}: has no image; set releases.{name}.image_tag (or digest) in releases.yml"
    yield from _version_problems(releases)
    yield from _priority_problems(listed)


def _version_problems(releases: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence where YAML has read a version as a number, which is another one then: 1.10 is 1.1."""
    for name, entry in releases.items():
        for key in ("image_tag", "digest"):
            value = (entry or {}).get(key)
            if value is not None and not isinstance(value, str):
                yield f"releases.{name}.{key} is {value!r}, which is not text; quote it in releases.yml"
            else:
                yield from (f"releases.{name}.{text}" for text in limit_problems("", {key: value}, VERSION))


def _shape_problems(variable: str, given: Any) -> Iterator[str]:
    """Yield a sentence where a dictionary of dictionaries is something else."""
    if not isinstance(given, Mapping):
        yield f"{variable} is {given!r}; give one entry a service"
        return
    for name, entry in given.items():
        if entry is not None and not isinstance(entry, Mapping):
            yield f"{variable}.{name} is {entry!r}; give names and values, indented below it"


def _priority_problems(listed: Mapping[str, Any]) -> Iterator[str]:
    users: dict[Any, list[str]] = defaultdict(list)
    for name, entry in listed.items():
        priority = (entry or {}).get("priority")
        users[priority if isinstance(priority, int | str | None) else repr(priority)].append(name)
    for priority, names in users.items():
        variable = f"environment_services.{names[0]}.priority"
        if not isinstance(priority, int) or isinstance(priority, bool) or not 1 <= priority <= LAST_PRIORITY:
            yield f"{variable} is {priority!r}; give it a number from 1 to {LAST_PRIORITY}"
        elif len(names) > 1:
            yield f"priority {priority} is given to {' and '.join(sorted(names))}; listener rules need one each"
