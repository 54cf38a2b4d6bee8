"""A removed service as a host with which the roles that made it can remove it, from what stands of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..cloud import Cloud
from .find import Removed

#: A name that AWS has no record of: that of a service which published none.
NOWHERE = "removed.invalid"
TARGET_GROUP = ":targetgroup/"
GROUP = "removed"


def removed_host(
    removed: Removed, record: Mapping[str, Any], outputs: Mapping[str, Any], balancer: str, environment: str
) -> dict[str, Any]:
    """Return the host for ``add_host``.

    Args:
        removed: the service and what stands of it.
        record: what its last release wrote; empty before the first.
        outputs: everything that the environment publishes, by ``component/name``.
        balancer: name of the load balancer that carries it.
        environment: its name, which is a group.
    """
    name = removed.service
    domain = str(outputs.get(f"{name}/url", "")).removeprefix("https://")
    database = _has_database(removed, outputs)
    return {
        "name": name,
        "groups": [GROUP, environment],
        "slipway_state": "absent",
        # No rule has priority 0, so that none is taken for the service's but by its tags.
        "environment_services": {name: {"priority": 0, "load_balancer": balancer}},
        "service_engine": str(record.get("engine") or engine(removed, outputs)),
        "service_domain": domain or NOWHERE,
        "service_dns_record": bool(domain) and domain not in _domains(outputs, but=name),
        "service_database": database,
        "database_access_name": f"{name}-database",
        "removal_reason": f"removing {name}" if database else "",
    }


def engine(removed: Removed, outputs: Mapping[str, Any]) -> str:
    """Return the engine of a service that was never released, by what was made for it."""
    if f"{removed.service}/blue_ecs_service" in outputs or any(_is_side(arn) for arn in removed.arns):
        return "weighted"
    if any(":codedeploy:" in arn for arn in removed.arns):
        return "codedeploy"
    if any(TARGET_GROUP in arn and "-green/" in arn for arn in removed.arns):
        return "ecs"
    return "rolling"


def _is_side(arn: str) -> bool:
    return ":ecs:" in arn and ":service/" in arn and arn.endswith(("-blue", "-green"))


def _has_database(removed: Removed, outputs: Mapping[str, Any]) -> bool:
    of_database = any(f"-database-access-{removed.service}:" in arn for arn in removed.arns)
    return of_database or f"database_access/{removed.service}" in outputs


def _domains(outputs: Mapping[str, Any], but: str) -> set[str]:
    """Return the domains of all other services: a name that two share stays with the other."""
    urls = {name: str(value) for name, value in outputs.items() if name.endswith("/url") and name != f"{but}/url"}
    return {url.removeprefix("https://") for url in urls.values()}


def load_balancer(cloud: Cloud, removed: Removed, outputs: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return which of ``load_balancers`` carries a service; the first where none does any more."""
    arns = [arn for arn in removed.arns if TARGET_GROUP in arn]
    if not arns:
        return names[0]
    groups = cloud.read("elbv2", "describe_target_groups", TargetGroupArns=arns)["TargetGroups"]
    carried = {arn.partition(":loadbalancer/")[2] for group in groups for arn in group["LoadBalancerArns"]}
    return next((name for name in names if outputs.get(_full_name(name, names)) in carried), names[0])


def _full_name(name: str, names: Sequence[str]) -> str:
    return "load_balancer/full_name" if name == names[0] else f"load_balancer/{name}.full_name"


def others(outputs: Iterable[str], service: str) -> list[str]:
    """Return the names of what components publish for one service and tag as the platform's."""
    sides = [f"prometheus/registry_arn.{side}-{service}" for side in ("blue", "green", "main")]
    own = {f"registry/{service}", f"database_access/{service}", f"database_access/{service}.fingerprint", *sides}
    return sorted(name for name in outputs if name in own or name.startswith(f"secrets/{service}."))
