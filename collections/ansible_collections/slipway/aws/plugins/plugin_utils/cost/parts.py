"""What each type of resource is billed for: quantities a month, without prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Resource = Mapping[str, Any]
VCPU, GIB = 1024, 1024
#: GiB of disk that a Fargate task has for nothing.
FREE_DISK = 20
#: Seconds below which an alarm's period is high resolution.
MINUTE = 60


class Part(NamedTuple):
    """One thing that is billed.

    Attributes:
        name: for people; price: its name in the table; quantity: units a month; usage: it follows what users do.
    """

    name: str
    price: str
    quantity: float
    usage: bool = False


class Place(NamedTuple):
    """What a resource stands among.

    Attributes:
        resources: all of its host; everything: all of the environment, by type; tasks: of the host's service;
            usage: see :data:`.estimate.USAGE`; hours: of a month.
    """

    resources: Sequence[Resource]
    everything: Mapping[str, Sequence[Resource]]
    tasks: int
    usage: Mapping[str, float]
    hours: float

    def each(self, kind: str, amount: str) -> float:
        """Return the share of an environment's usage that falls on one resource of a type."""
        return self.usage[amount] / len(self.everything[kind])


def _nat_gateway(one: Resource, place: Place) -> Iterator[Part]:
    yield Part("NAT gateways", "nat_gateway_hour", place.hours)
    yield Part("traffic through NAT", "nat_gateway_gib", place.each(one["type"], "nat_gib"), usage=True)


def _elastic_ip(one: Resource, place: Place) -> Iterator[Part]:
    del one
    yield Part("public addresses", "public_address_hour", place.hours)


def _vpc_endpoint(one: Resource, place: Place) -> Iterator[Part]:
    if one["properties"]["VpcEndpointType"] == "Interface":
        zones = len(one["properties"]["SubnetIds"])
        paid = [each for each in place.everything[one["type"]] if each["properties"]["VpcEndpointType"] == "Interface"]
        yield Part("interface endpoints", "interface_endpoint_hour", zones * place.hours)
        gib = place.usage["endpoint_gib"] / len(paid)
        yield Part("traffic through endpoints", "interface_endpoint_gib", gib, usage=True)


def _load_balancer(one: Resource, place: Place) -> Iterator[Part]:
    yield Part("load balancer", "load_balancer_hour", place.hours)
    units = place.each(one["type"], "capacity_units") * place.hours
    yield Part("load balancer's capacity units", "load_balancer_unit_hour", units, usage=True)
    if one["properties"]["Scheme"] == "internet-facing":
        public = [each for each in place.everything.get("ec2_subnet", ()) if each["name"].startswith("public-")]
        yield Part("public addresses", "public_address_hour", len(public) * place.hours)


def _database(one: Resource, place: Place) -> Iterator[Part]:
    given = one["properties"]
    times = 2 if given.get("MultiAZ") else 1
    yield Part("PostgreSQL", given["DBInstanceClass"], times * place.usage["running_hours"])
    yield Part("its storage", "database_storage_gib", times * int(given["AllocatedStorage"]))
    yield Part("backups beyond the database's size", "database_backup_gib", place.usage["backup_gib"], usage=True)
    if given.get("ManageMasterUserPassword"):
        yield Part("secrets", "secret", 1)


def _tasks(one: Resource, place: Place) -> Iterator[Part]:
    """Yield the tasks of a service once: of two colours, one serves and the other is empty."""
    if one is not next(each for each in place.resources if each["type"] == "ecs_service"):
        return
    definition = next(each["properties"] for each in place.resources if each["type"] == "ecs_task_definition")
    kind = definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64").lower()
    disk = max(0, int(definition.get("ephemeralStorage", {}).get("sizeInGiB", FREE_DISK)) - FREE_DISK)
    strategy = one["properties"].get("capacityProviderStrategy") or [{"capacityProvider": "FARGATE", "weight": 1}]
    wanted = int(one["properties"].get("desiredCount", place.tasks))
    for provider, tasks in shares(strategy, wanted).items():
        hours, spot = tasks * place.usage["running_hours"], "_spot" if provider == "FARGATE_SPOT" else ""
        name = "tasks on Spot" if spot else "tasks"
        for whose, cpu, memory in _sizes(name, definition):
            yield Part(whose, f"fargate_{kind}_vcpu_hour{spot}", hours * cpu / VCPU)
            yield Part(whose, f"fargate_{kind}_gib_hour{spot}", hours * memory / GIB)
        yield Part(f"disk of {name}", f"fargate_disk_gib_hour{spot}", hours * disk)
    services = [each for each in place.everything["ecs_task_definition"] if _serves(each["properties"])]
    traces = place.usage["requests_million"] / max(1, len(services)) * _traced(definition)
    yield Part("traces", "traces_million", traces, usage=True)


def _sizes(name: str, definition: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Yield CPU units and MiB of a task: what containers beside the service take of it, and the rest."""
    beside = definition.get("containerDefinitions", [])[1:]
    cpu, memory = (sum(int(one.get(part, 0)) for one in beside) for part in ("cpu", "memory"))
    yield name, int(definition["cpu"]) - cpu, int(definition["memory"]) - memory
    yield f"collectors in {name}", cpu, memory


def _serves(definition: Mapping[str, Any]) -> bool:
    return any(one.get("portMappings") for one in definition.get("containerDefinitions", []))


def _traced(definition: Mapping[str, Any]) -> float:
    """Return the share of a service's requests that are traced, by the variable of its container."""
    variables = [one for each in definition.get("containerDefinitions", []) for one in each.get("environment", [])]
    return sum(float(one["value"]) for one in variables if one["name"] == "OTEL_TRACES_SAMPLER_ARG")


def shares(strategy: Sequence[Mapping[str, Any]], tasks: int) -> dict[str, float]:
    """Return how many tasks each capacity provider runs: its base first, the rest by weight.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    bases = {one["capacityProvider"]: min(tasks, int(one.get("base", 0))) for one in strategy}
    rest, weights = tasks - sum(bases.values()), sum(int(one.get("weight", 0)) for one in strategy)
    share = {one["capacityProvider"]: rest * int(one.get("weight", 0)) / (weights or 1) for one in strategy}
    return {name: bases[name] + share[name] for name in bases if bases[name] + share[name]}


def _web_acl(one: Resource, place: Place) -> Iterator[Part]:
    yield Part("web ACL", "web_acl", 1)
    yield Part("web ACL's rules", "web_acl_rule", len(one["properties"]["Rules"]))
    requests = place.each(one["type"], "requests_million")
    yield Part("requests that WAF looks at", "web_acl_requests_million", requests, usage=True)


def _api(one: Resource, place: Place) -> Iterator[Part]:
    requests = place.each(one["type"], "requests_million")
    price = "rest_api_requests_million" if one["type"] == "apigateway_rest_api" else "api_requests_million"
    yield Part("requests to the API", price, requests, usage=True)


def _alarm(one: Resource, place: Place) -> Iterator[Part]:
    del place
    given = one["properties"]
    metrics = [query["MetricStat"] for query in given.get("Metrics", ()) if "MetricStat" in query] or [given]
    fine = any(int(each.get("Period", MINUTE)) < MINUTE for each in metrics)
    yield Part("alarms", "alarm_high_resolution" if fine else "alarm", len(metrics))


def _log_group(one: Resource, place: Place) -> Iterator[Part]:
    gib = place.each(one["type"], "log_gib")
    months = float(one["properties"].get("retentionInDays", 3650)) * 24 / place.hours
    yield Part("logs", "log_gib", gib, usage=True)
    yield Part("logs kept", "log_stored_gib", gib * months, usage=True)


def _cluster(one: Resource, place: Place) -> Iterator[Part]:
    settings = {each["name"]: each["value"] for each in one["properties"].get("settings", ())}
    if settings.get("containerInsights") == "enhanced":
        metrics = place.each(one["type"], "insights_metrics")
        yield Part("Container Insights", "insights_metric", metrics, usage=True)


def _one(name: str, price: str) -> Callable[[Resource, Place], Iterator[Part]]:
    def parts(one: Resource, place: Place) -> Iterator[Part]:
        del one, place
        yield Part(name, price, 1)

    return parts


def _stored(name: str, price: str, amount: str) -> Callable[[Resource, Place], Iterator[Part]]:
    def parts(one: Resource, place: Place) -> Iterator[Part]:
        yield Part(name, price, place.each(one["type"], amount), usage=True)

    return parts


PARTS: dict[str, Callable[[Resource, Place], Iterator[Part]]] = {
    "apigateway_rest_api": _api,
    "apigatewayv2_api": _api,
    "cloudwatch_alarm": _alarm,
    "cloudwatch_composite_alarm": _one("composite alarms", "composite_alarm"),
    "cloudwatch_dashboard": _one("dashboards", "dashboard"),
    "ec2_elastic_ip": _elastic_ip,
    "ec2_nat_gateway": _nat_gateway,
    "ec2_vpc_endpoint": _vpc_endpoint,
    "ecr_repository": _stored("images", "image_gib", "image_gib"),
    "ecs_cluster": _cluster,
    "ecs_service": _tasks,
    "efs_file_system": _stored("shared files", "files_gib", "files_gib"),
    "elbv2_load_balancer": _load_balancer,
    "kms_key": _one("keys", "key"),
    "logs_log_group": _log_group,
    "rds_db_instance": _database,
    "route53_hosted_zone": _one("zones", "zone"),
    "s3_bucket": _stored("files", "bucket_gib", "bucket_gib"),
    "servicediscovery_private_dns_namespace": _one("zones", "zone"),
    "secretsmanager_secret": _one("secrets", "secret"),
    "wafv2_web_acl": _web_acl,
}
