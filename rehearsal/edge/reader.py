"""Reads moto's state and writes the one document that the edge process routes by."""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend

from rehearsal.edge.certificates import certificate
from rehearsal.edge.gateway.reader import gateways
from rehearsal.edge.mesh.reader import proxies
from rehearsal.edge.reachable import Reach
from rehearsal.injection.cut import cut_off
from rehearsal.world import World

TERMINAL = ("forward", "redirect", "fixed-response")


def document(world: World) -> dict[str, Any]:
    """Return load balancers, target groups, names, APIs and proxies of tasks of all regions."""
    balancers, groups = [], []
    for region, backend in dict.items(get_backend("elbv2")[world.account]):
        reader = _Region(world, region, backend)
        balancers += [
            reader.balancer(one) for one in list(backend.load_balancers.values()) if one.type == "application"
        ]
        groups += [reader.group(one) for one in list(backend.target_groups.values())]
    beside = {"gateways": gateways(world, lambda region: _acls(world, region)), "mesh": proxies(world)}
    return {"balancers": balancers, "groups": groups, "names": names(world), **beside}


class _Region:
    """One region's part."""

    def __init__(self, world: World, region: str, backend: Any) -> None:
        self.world = world
        self.region = region
        self.backend = backend
        self.ec2 = world.backend("ec2", region)
        self.reach = Reach(self.ec2, cut_off(world))
        self.acls = _acls(world, region)

    def balancer(self, one: Any) -> dict[str, Any]:
        listeners = list(one.listeners.values())
        blocks = self.ec2.get_vpc(one.vpc_id).get_cidr_block_association_set()
        return {
            "arn": one.arn,
            "name": one.name,
            "dns": one.dns_name,
            "address": self.world.address(f"load-balancer/{one.arn}"),
            "internal": one.scheme == "internal",
            "cidrs": [block["cidr_block"] for block in blocks],
            "admits": {str(item.port): self.reach.clients(one, int(item.port)) for item in listeners},
            "attributes": _strings(one.attrs),
            "firewall": self.acls.get(one.arn),
            "listeners": [self._listener(item) for item in listeners],
        }

    def _listener(self, one: Any) -> dict[str, Any]:
        found = [certificate(self.world, self.region, arn) for arn in one.certificates or []]
        own = sorted((rule for rule in list(one.rules.values()) if not rule.is_default), key=lambda r: int(r.priority))
        default = [rule for rule in one.rules.values() if rule.is_default]
        return {
            "arn": one.arn,
            "port": int(one.port),
            "protocol": one.protocol,
            "policy": one.ssl_policy or "",
            "certificates": [entry for entry in found if entry],
            "attributes": _strings(one.attributes),
            "rules": [_rule(rule) for rule in [*own, *default]],
        }

    def group(self, one: Any) -> dict[str, Any]:
        owner = next((self.backend.load_balancers.get(arn) for arn in reversed(one.load_balancer_arns)), None)
        return {
            "arn": one.arn,
            "protocol": one.protocol or "HTTP",
            "attributes": _strings(one.attributes),
            "health": _health(one),
            "targets": [self._target(owner, one, target) for target in list(one.targets.values())],
        }

    def _target(self, owner: Any, group: Any, target: dict[str, Any]) -> dict[str, Any]:
        address, port = target["Id"], int(target["Port"])
        reachable = owner is not None and self.reach.target(owner, group.vpc_id, address, port)
        local = self.world.address(f"{group.vpc_id}/{address}") if reachable else ""
        return {"id": address, "port": port, "address": local, "reachable": reachable}


def _rule(rule: Any) -> dict[str, Any]:
    actions = sorted((action.data for action in rule.actions), key=lambda data: int(data.get("Order", 1)))
    terminal = [data for data in actions if data["Type"] in TERMINAL]
    return {"arn": rule.arn, "conditions": list(rule.conditions), "action": terminal[-1]}


def _health(one: Any) -> dict[str, Any]:
    return {
        "HealthCheckProtocol": one.health_check_protocol or "HTTP",
        "HealthCheckPort": str(one.health_check_port or "traffic-port"),
        "HealthCheckPath": one.health_check_path or "/",
        "HealthCheckIntervalSeconds": float(one.health_check_interval_seconds),
        "HealthCheckTimeoutSeconds": float(one.health_check_timeout_seconds),
        "HealthyThresholdCount": int(one.healthy_threshold_count),
        "UnhealthyThresholdCount": int(one.unhealthy_threshold_count),
        "Matcher": (getattr(one, "matcher", None) or {}).get("HttpCode") or "200",
    }


def _strings(attributes: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items()}


def _acls(world: World, region: str) -> dict[str, dict[str, Any]]:
    """Return web ACLs, rules in the order they are asked, with address sets, by what they are associated with."""
    backend = world.backend("wafv2", region)
    sets = {one.arn: list(one.addresses) for one in list(backend.ip_sets.values())}
    return {
        arn: {
            "name": acl.name,
            "arn": acl.arn,
            "logged": acl.arn in backend.logging_configurations,
            "metric": (acl.visibility_config or {}).get("MetricName", acl.name),
            "default": acl.default_action,
            "rules": sorted((rule.to_dict() for rule in acl.rules), key=lambda one: int(one["Priority"])),
            "sets": sets,
        }
        for acl in list(backend.wacls.values())
        for arn in acl.associated_resources
    }


def names(world: World) -> dict[str, list[str]]:
    """Return where the address and alias records of the public zones lead, the one of the greatest weight first."""
    found: dict[str, list[str]] = {}
    for zone in list(world.backend("route53", "aws").zones.values()):
        records = [] if zone.private_zone else list(zone.rrsets)
        for record in sorted(records, key=lambda one: -int(one.weight or 0)):
            if record.type in {"A", "CNAME"}:
                name = record.name.rstrip(".").lower().replace("\\052", "*")
                found.setdefault(name, []).extend(_values(record))
    return found


def _values(record: Any) -> list[str]:
    alias = record.alias_target or {}
    values = [alias["DNSName"]] if alias.get("DNSName") else [str(value) for value in record.records or ()]
    return [value.rstrip(".").lower().removeprefix("dualstack.") for value in values]
