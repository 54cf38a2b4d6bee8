"""AWS's own metrics: what load balancers, firewalls and ECS know, as they tell CloudWatch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from moto.backends import get_backend

from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.kept import metrics
from rehearsal.metrics.store import MINUTE, Metric, dimensions
from rehearsal.world import World

ALB, ECS, INSIGHTS, WAF = "AWS/ApplicationELB", "AWS/ECS", "ECS/ContainerInsights", "AWS/WAFV2"
#: A metric, its value and its unit.
Sample = tuple[Metric, float, str]


def regions_of(world: World, service: str) -> list[tuple[str, Any]]:
    """Return moto's backends of a service in the regions that are in use."""
    return list(dict.items(get_backend(service)[world.account]))


class Counts:
    """Takes what the load balancers counted, into the minutes in which they did.

    Args:
        world: the local cloud.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = metrics(world)

    def take(self, stats: Mapping[str, Any]) -> None:
        """Take a report of the edge."""
        for counted in stats["minutes"]:
            self._minute(counted["minute"] * MINUTE, counted)

    def _minute(self, now: float, stats: Mapping[str, Any]) -> None:
        regions = self._regions()
        for balancer, group, name, number in stats["counts"]:
            metric = _of_balancer(regions.get(balancer, ""), balancer, group, name)
            self.store.add(metric, now, 1, "Count", number)
            if group and name == "RequestCount":
                self._per_target(metric.region, group, now, number)
        for balancer, group, document in stats["times"]:
            metric = _of_balancer(regions.get(balancer, ""), balancer, group, "TargetResponseTime")
            self.store.put(metric, now, Histogram.from_list(document), "Seconds")
        for acl, rule, name, number in stats["firewall"]:
            self._judged((acl, rule, name), now, number)
        for *place, name, number in stats["meshed"]:
            self._called(place, name, now, number)
        for *place, document in stats["mesh_times"]:
            for metric in _of_calls(place, "TargetResponseTime"):
                self.store.put(metric, now, Histogram.from_list(document), "Seconds")

    def _called(self, place: Sequence[str], name: str, now: float, number: int) -> None:
        """Count what a service's callers asked, under its own name, and what they were answered, under theirs."""
        for metric in [*_of_calls(place, name), *_of_server(place, "RequestCount")]:
            self.store.add(metric, now, 1, "Count", number)

    def _regions(self) -> dict[str, str]:
        """Return the region of each load balancer by its value of CloudWatch's dimension."""
        backends = regions_of(self.world, "elbv2")
        return {_dimension(arn): region for region, backend in backends for arn in list(backend.load_balancers)}

    def _per_target(self, region: str, group: str, now: float, number: int) -> None:
        groups = list(self.world.backend("elbv2", region).target_groups.items())
        targets = next((len(one.targets) for arn, one in groups if arn.endswith(group)), 0)
        if targets:
            metric = Metric(region, ALB, "RequestCountPerTarget", (("TargetGroup", group),))
            self.store.add(metric, now, number / targets, "Count")

    def _judged(self, judged: tuple[str, str, str], now: float, number: int) -> None:
        acl, rule, name = judged
        for region, backend in regions_of(self.world, "wafv2"):
            if any(one.name == acl for one in list(backend.wacls.values())):
                pairs = (("Region", region), ("Rule", rule), ("WebACL", acl))
                self.store.add(Metric(region, WAF, name, pairs), now, 1, "Count", number)


def _of_balancer(region: str, balancer: str, group: str, name: str) -> Metric:
    pairs = (("LoadBalancer", balancer), ("TargetGroup", group)) if group else (("LoadBalancer", balancer),)
    return Metric(region, ALB, name, pairs)


def _of_calls(place: Sequence[str], name: str) -> list[Metric]:
    """Return a metric of what callers get, of all and of one."""
    region, cluster, client, _, discovery = place
    target = ("TargetDiscoveryName", discovery)
    return [Metric(region, ECS, name, (target,)), Metric(region, ECS, name, (*_of_service(cluster, client), target))]


def _of_server(place: Sequence[str], name: str) -> list[Metric]:
    region, cluster, _, server, discovery = place
    own = ("DiscoveryName", discovery)
    pairs = dimensions([{"Name": key, "Value": value} for key, value in (*_of_service(cluster, server), own)])
    return [Metric(region, ECS, name, (own,)), Metric(region, ECS, name, pairs)]


def _dimension(arn: str) -> str:
    return arn.rpartition(":loadbalancer/")[2] if ":loadbalancer/" in arn else arn.rsplit(":", 1)[-1]


def hosts(world: World, edge: Any) -> Iterator[Sample]:
    """Yield how many targets of each used target group are healthy and unhealthy."""
    for arn, balancer in edge.used_groups().items():
        region = arn.split(":")[3]
        group = world.backend("elbv2", region).target_groups.get(arn)
        keys = [f"{one['Id']}:{one['Port']}" for one in list(group.targets.values())] if group else []
        states = [edge.health.get((arn, key), {}).get("State") for key in keys]
        for name, state in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")) if keys else ():
            metric = _of_balancer(region, _dimension(balancer), _dimension(arn), name)
            yield metric, float(states.count(state)), "Count"


def counts_of_services(world: World, tasks: Any) -> Iterator[Sample]:
    """Yield how many tasks each service wants and has, where its cluster has Container Insights on."""
    for service in list(tasks.services.values()):
        cluster = service.cluster_arn.rsplit("/", 1)[-1]
        if service.status != "ACTIVE" or not _has_insights(world, service.region, cluster):
            continue
        states = [task.status for task in tasks.of(service) if task.desired == "RUNNING"]
        numbers = {
            "DesiredTaskCount": service.desired,
            "RunningTaskCount": states.count("RUNNING"),
            "PendingTaskCount": len(states) - states.count("RUNNING"),
        }
        for name, number in numbers.items():
            yield Metric(service.region, INSIGHTS, name, _of_service(cluster, service.name)), float(number), "Count"


def _has_insights(world: World, region: str, cluster: str) -> bool:
    found = world.backend("ecs", region).clusters.get(cluster)
    settings: Iterable[Mapping[str, str]] = (found.settings or []) if found else []
    return any(one["name"] == "containerInsights" and one["value"] in {"enabled", "enhanced"} for one in settings)


def _of_service(cluster: str, service: str) -> tuple[tuple[str, str], ...]:
    return dimensions([{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}])


def usage(tasks: Any) -> Iterator[Sample]:
    """Yield CPU and memory of each service in per cent."""
    for row in tasks.usage():
        pairs = _of_service(row["cluster"], row["service"])
        yield Metric(row["region"], ECS, "CPUUtilization", pairs), row["cpu"], "Percent"
        yield Metric(row["region"], ECS, "MemoryUtilization", pairs), row["memory"], "Percent"
