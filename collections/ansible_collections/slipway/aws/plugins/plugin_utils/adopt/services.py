"""Services that run already: each comes new beside the old one, without traffic until somebody moves it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from .holdings import https, the_balancer
from .part import Part
from .survey import Item, Survey

APART = 10
#: Names of environment variables whose values may be secret, and values that look it.
SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|key|credential|private|auth|salt|dsn|connection_?string", re.IGNORECASE
)
SECRET_VALUE = re.compile(r"://[^/\s@]*:[^/\s@]+@|-----BEGIN|^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{20,}$")
SECRET_ARN = re.compile(r"arn:[^:]+:secretsmanager:[^:]+:\d+:secret:(?P<name>.+?)-[A-Za-z0-9]{6}(?P<part>:.*)?")
#: Variables that Slipway sets itself.
OWN = frozenset({"PORT", "HOST"})
IMAGE = re.compile(r"(?P<repository>[^@]+?)(:(?P<tag>[\w][\w.-]*))?(@(?P<digest>sha256:[0-9a-f]{64}))?")


@dataclass
class Services:
    """Services in Slipway's words.

    Attributes:
        hosts: variables by name; listed: entries of environment_services; releases: what runs.
        part: what is found by its own name, and what is left.
    """

    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    releases: dict[str, dict[str, str]] = field(default_factory=dict)
    part: Part = field(default_factory=Part)


def services(found: Survey, domain: str, taken: Container[str]) -> Services:
    """Return the services.

    Args:
        found: what there is.
        domain: the zone's.
        taken: names that a service may not have.
    """
    made, priority = Services(), _last_priority(found)
    for service in found.services:
        old = service["serviceName"]
        if reason := _unlike(service):
            made.part.leave(f"service {old}", reason)
            continue
        name = _name(old, found, {*made.hosts}, taken)
        priority += APART
        made.listed[name] = {"priority": priority}
        rule = _rule(found, service)
        made.hosts[name] = _variables(found, service, made.part, name) | _address(rule, f"{name}-new.{domain}")
        made.releases[name] = _release(service, name, made.part)
        made.part.leave(f"service {old}", _how_to_move(name, old, priority, rule))
    return made


def _unlike(service: Item) -> str:
    if not service.get("loadBalancers"):
        return "has no load balancer, and Slipway's services answer requests; it stays as it is"
    if "FARGATE" not in service["Definition"].get("requiresCompatibilities", []):
        return "runs on EC2 instances, and Slipway's services on Fargate; it stays as it is"
    return ""


def _name(old: str, found: Survey, used: set[str], taken: Container[str]) -> str:
    """Return a name as Slipway's services have them: without the cluster's, in small letters, of its own."""
    short = old.removeprefix(f"{found.clusters[0]['clusterName']}-")
    plain = re.sub(r"[^a-z0-9]+", "-", short.lower()).strip("-")[:18].strip("-") or "service"
    candidates = [plain, f"{plain}-a", *(f"{plain}-{number}" for number in range(2, 100))]
    return next(name for name in candidates if name not in used and name not in taken and name[0].isalpha())


def _listener_rules(found: Survey) -> list[Item]:
    listener = https(the_balancer(found) or {"Listeners": []}) or {"Rules": []}
    return [rule for rule in listener["Rules"] if rule["Priority"].isdigit()]


def _last_priority(found: Survey) -> int:
    last = max((int(rule["Priority"]) for rule in _listener_rules(found)), default=0)
    return last // APART * APART


def _rule(found: Survey, service: Item) -> Item:
    """Return the rule that leads to a service; nothing where it gets what nobody else claims."""
    group = service["loadBalancers"][0].get("targetGroupArn")
    return next((rule for rule in _listener_rules(found) if group in set(_targets(rule))), {})


def _targets(rule: Item) -> Iterator[str]:
    for action in rule["Actions"]:
        if "TargetGroupArn" in action:
            yield action["TargetGroupArn"]
        yield from (one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", []))


def _condition(rule: Item, name: str) -> list[str]:
    for one in rule.get("Conditions", []):
        if one["Field"] == name:
            values: list[str] = one.get("Values") or next(
                (one[key]["Values"] for key in ("HostHeaderConfig", "PathPatternConfig") if key in one), []
            )
            return values
    return []


def _container(service: Item) -> Item:
    wanted = service["loadBalancers"][0]["containerName"]
    return next(one for one in service["Definition"]["containerDefinitions"] if one["name"] == wanted)


def _address(rule: Item, other: str) -> dict[str, Any]:
    """Return the old service's domain and paths where its rule comes first for all of them, else another domain."""
    hosts = [host for host in _condition(rule, "host-header") if "*" not in host]
    fields = {one["Field"] for one in rule.get("Conditions", [])}
    if not hosts or fields - {"host-header", "path-pattern"}:
        return {"service_domain": other, "service_dns_record": False}
    paths = _condition(rule, "path-pattern")
    return {
        "service_domain": hosts[0],
        "service_dns_record": False,
        **({"service_path_patterns": paths} if paths else {}),
    }


def _variables(found: Survey, service: Item, part: Part, name: str) -> dict[str, Any]:
    definition, container = service["Definition"], _container(service)
    group = found.groups.get(service["loadBalancers"][0].get("targetGroupArn", ""), {})
    values = {
        "service_port": service["loadBalancers"][0]["containerPort"],
        "service_cpu": int(definition["cpu"]),
        "service_memory": int(definition["memory"]),
        "service_architecture": definition.get("runtimePlatform", {}).get("cpuArchitecture", ""),
        "service_desired_count": max(service["desiredCount"], 1),
        "service_command": container.get("command", []),
        "service_user": container.get("user", ""),
        "service_health_check_path": group.get("HealthCheckPath", ""),
        "service_environment": _environment(container, part, name),
        "service_secrets": _secrets(container, part, name),
    }
    return {key: value for key, value in values.items() if value not in ("", [], {})}


def _environment(container: Item, part: Part, name: str) -> dict[str, str]:
    """Return what may be read by everybody; what may be secret is named and not written."""
    found = {one["name"]: one["value"] for one in container.get("environment", []) if one["name"] not in OWN}
    hidden = [key for key, value in found.items() if SECRET_NAME.search(key) or SECRET_VALUE.search(value)]
    for key in hidden:
        part.leave(
            f"environment variable {key} of {name}",
            "may be a secret, so its value is written nowhere; put it under service_secrets",
        )
    return {key: value for key, value in found.items() if key not in hidden}


def _secrets(container: Item, part: Part, name: str) -> dict[str, Any]:
    """Return secrets that stay where they are, under their own names."""
    kept: dict[str, Any] = {}
    for one in container.get("secrets", []):
        match = SECRET_ARN.fullmatch(one["valueFrom"])
        if match and not (match["part"] or "").strip(":"):
            kept[one["name"]] = {"generate": {}}
            part.pin("secrets", {f"secretsmanager_secret.{name}/{one['name']}": match["name"]})
        else:
            what = "is a part of a secret or a parameter, and Slipway's services read whole secrets"
            part.leave(f"secret {one['name']} of {name}", f"{what}; put it under service_secrets")
    return kept


def _release(service: Item, name: str, part: Part) -> dict[str, str]:
    """Return the version that runs; its image is not in the repository that is made for it."""
    image = _container(service)["image"]
    match = IMAGE.fullmatch(image)
    parts = match.groupdict() if match else {}
    part.leave(
        f"image {image} of {name}", "lies in another repository; push it into the one that is made for the service"
    )
    return {"digest": parts["digest"]} if parts.get("digest") else {"image_tag": parts.get("tag") or "latest"}


def _how_to_move(name: str, old: str, priority: int, rule: Item) -> str:
    before = f"rule {rule['Priority']}" if rule else "the default action"
    return (
        f"is one ECS service behind one target group, and Slipway exchanges versions between two: {name} comes new"
        f" beside it, and {before} of the HTTPS listener goes on leading to the old one, before rule {priority} of the"
        f" new one. To move traffic: release {name}, test it, give {before} the new target group beside its own with"
        f" weights 90 and 10, then 0 and 100; take it away when {name} has the old service's domain, then remove {old}"
        " with Terraform"
    )
