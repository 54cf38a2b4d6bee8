"""The routing table: what the data plane looks up for each request. Frozen; a change is a new table.

It is made from one JSON document in the API's own names, which :mod:`rehearsal.edge.reader` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rehearsal.edge.conditions import Request, Test, condition

if TYPE_CHECKING:
    from rehearsal.edge.gateway.routes import Gateway


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target.

    Attributes:
        id: what was registered, an address within the VPC.
        address: the loopback address that stands for it, empty when nothing has that address.
        reachable: whether the security groups let the load balancer through.
    """

    id: str
    port: int
    address: str
    reachable: bool

    @property
    def key(self) -> str:
        """Name of the target within its group."""
        return f"{self.id}:{self.port}"


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A target group.

    Attributes:
        health: the ``HealthCheck*`` fields, thresholds and matcher, in the API's own names.
    """

    arn: str
    protocol: str
    attributes: Mapping[str, str]
    health: Mapping[str, Any]
    targets: tuple[Target, ...]

    @property
    def dimension(self) -> str:
        """Value of CloudWatch's dimension TargetGroup."""
        return self.arn.rsplit(":", 1)[-1]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: conditions that must all hold, and the one action that ends the request."""

    arn: str
    tests: tuple[Test, ...]
    action: Mapping[str, Any]

    def matches(self, request: Request) -> bool:
        """Say whether all conditions hold."""
        return all(test(request) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of a chain and a key, and the names it is for."""

    names: tuple[str, ...]
    chain: str
    key: str


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener with its rules in order of priority, the default one last."""

    arn: str
    port: int
    protocol: str
    policy: str
    certificates: tuple[Certificate, ...]
    attributes: Mapping[str, str]
    rules: tuple[Rule, ...]

    def rule(self, request: Request) -> Rule:
        """Return the first rule that matches; the default one always does."""
        return next(rule for rule in self.rules if rule.matches(request))


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer.

    Attributes:
        address: the loopback address its listeners bind.
        internal: reachable from inside the VPC only.
        admits: per port, the networks from which the security groups let clients in.
        cidrs: the VPC's address blocks.
    """

    arn: str
    name: str
    dns: str
    address: str
    internal: bool
    cidrs: tuple[str, ...]
    admits: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, str]
    firewall: Mapping[str, Any] | None
    listeners: tuple[Listener, ...]

    @property
    def dimension(self) -> str:
        """Value of CloudWatch's dimension LoadBalancer."""
        return self.arn.partition(":loadbalancer/")[2]


@dataclass(frozen=True, slots=True)
class Table:
    """Everything.

    Attributes:
        names: DNS records, in lower case and without the last dot, to what they point to: names or addresses.
        gateways: API Gateway of each region that has APIs.
    """

    balancers: Mapping[str, Balancer] = field(default_factory=dict)
    groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)


def table(document: Mapping[str, Any], gateways: Mapping[str, Gateway]) -> Table:
    """Return the table that a document describes, with gateways beside."""
    return Table(
        balancers={item["arn"]: _balancer(item) for item in document["balancers"]},
        groups={item["arn"]: _group(item) for item in document["groups"]},
        names={name: tuple(values) for name, values in document["names"].items()},
        gateways=gateways,
    )


def _balancer(item: Mapping[str, Any]) -> Balancer:
    fields = {**item, "cidrs": tuple(item["cidrs"]), "listeners": tuple(map(_listener, item["listeners"]))}
    return Balancer(**fields)


def _listener(item: Mapping[str, Any]) -> Listener:
    certificates = tuple(Certificate(**{**entry, "names": tuple(entry["names"])}) for entry in item["certificates"])
    return Listener(**{**item, "certificates": certificates, "rules": tuple(map(_rule, item["rules"]))})


def _rule(item: Mapping[str, Any]) -> Rule:
    tests = tuple(condition(entry) for entry in item["conditions"])
    return Rule(item["arn"], tests, item["action"])


def _group(item: Mapping[str, Any]) -> TargetGroup:
    return TargetGroup(**{**item, "targets": tuple(Target(**entry) for entry in item["targets"])})


def forwarded(action: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return target groups and weights of a forward action."""
    config = action.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    return [(group["TargetGroupArn"], int(group.get("Weight", 1))) for group in groups]
