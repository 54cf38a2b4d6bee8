"""Compute what each environment costs a month, from its inventory, the roles' defaults and tools/prices.yml.

Fixed cost only: whatever is paid by the request, the gigabyte or the log line comes on top.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from tools.files import ENVIRONMENTS, ROOT, load

sys.path.insert(0, str(ROOT / "collections"))

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.metrics import (
    load_queries,
    spare_queries,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import (
    scaling_targets,
)

#: Keys of the role keys; alarms of a service with two colours, its objectives, the platform, and a NAT gateway.
#: Each metric that an alarm's expression reads is paid as an alarm, and those of objectives read four.
KEYS, SERVICE_ALARMS, OBJECTIVE_ALARMS, PLATFORM_ALARMS, GATEWAY_ALARMS = 3, 16, 32, 9, 2
VCPU, GIB = 1024, 1024


class Item(NamedTuple):
    """One line of a bill.

    Attributes:
        name: what is paid for; how: the arithmetic, for people; price: dollars a month.
    """

    name: str
    how: str
    price: float


def values(environment: str) -> dict[str, Any]:
    """Return an environment's variables over the roles' defaults; services' own under ``services``."""
    merged: dict[str, Any] = {}
    for path in sorted((ROOT / "roles").glob("*/defaults/main.yml")):
        merged |= load(path)
    inventory = ROOT / "inventories" / environment
    for path in sorted((inventory / "group_vars" / environment).glob("*.yml")):
        merged |= load(path)
    services = {name: merged | load(inventory / "host_vars" / f"{name}.yml") for name in merged["environment_services"]}
    return merged | {"services": services}


def gateways(given: dict[str, Any]) -> int:
    """Return the number of NAT gateways."""
    return {"none": 0, "one": 1, "per_zone": int(given["network_zone_count"])}[given["network_nat"]]


def scaling_metrics(service: dict[str, Any]) -> int:
    """Return how many metrics the scaling alarms of a service read; an alarm over several costs as much as so many."""
    if not service["autoscaling_enabled"]:
        return 0
    weighted = service["service_engine"] == "weighted"
    groups = 1 if weighted or service["service_engine"] == "rolling" else 2
    side = {"cluster": "", "service": "", "load_balancer": "", "groups": [""] * groups}
    scaling = scaling_targets({"requests": service["autoscaling_requests"]})
    queries = load_queries(side, scaling["limits"]) + spare_queries(side, scaling["spare"], scaling["cpu_in"])
    return sum("MetricStat" in query for query in queries) * (2 if weighted else 1)


class Bill:
    """The bill of one environment.

    Args:
        environment: its name.
    """

    def __init__(self, environment: str) -> None:
        self.given = values(environment)
        content = load(ROOT / "tools" / "prices.yml")
        self.hours: float = content["hours"]
        self.prices = {name: float(entry["price"]) for name, entry in content["prices"].items()}
        self.databases = {name: float(entry["price"]) for name, entry in content["databases"].items()}

    def items(self) -> list[Item]:
        """Return the lines."""
        return [*self._network(), *self._database(), self._tasks(), *self._rest()]

    def total(self) -> float:
        """Return dollars a month."""
        return sum(item.price for item in self.items())

    def _network(self) -> Iterator[Item]:
        given, price = self.given, self.prices
        zones, nat = int(given["network_zone_count"]), gateways(given)
        endpoints = len(given["network_interface_endpoints"])
        yield Item("NAT gateways", f"{nat}", nat * price["nat_gateway_hour"] * self.hours)
        yield Item(
            "interface endpoints",
            f"{endpoints} in {zones} zones",
            endpoints * zones * price["interface_endpoint_zone_hour"] * self.hours,
        )
        hour = price["load_balancer_hour"] + price["load_balancer_capacity_unit_hour"]
        yield Item("load balancer", "1, with one capacity unit", hour * self.hours)
        addresses = zones + nat
        yield Item("public addresses", f"{addresses}", addresses * price["public_address_hour"] * self.hours)

    def _database(self) -> Iterator[Item]:
        given = self.given
        kind, size = given["database_instance_class"], int(given["database_allocated_storage_gib"])
        times, standby = (2, ", with a standby") if given["database_multi_az"] else (1, "")
        yield Item("PostgreSQL", f"{kind}{standby}", self.databases[kind] * times * self.hours)
        yield Item("its storage", f"{size} GiB{standby}", size * times * self.prices["storage_gib_month"])

    def _tasks(self) -> Item:
        price, texts, hourly = self.prices, [], 0.0
        for one in self.given["services"].values():
            count, cpu = int(one["service_desired_count"]), int(one["service_cpu"]) / VCPU
            memory = int(one["service_memory"]) / GIB
            hourly += count * (cpu * price["fargate_vcpu_hour"] + memory * price["fargate_gib_hour"])
            texts.append(f"{count} of {cpu:g} vCPU, {memory:g} GiB")
        return Item("tasks", "; ".join(texts), hourly * self.hours)

    def _rest(self) -> Iterator[Item]:
        given, price, services = self.given, self.prices, self.given["services"].values()
        rules = len(given["firewall_managed_rule_groups"]) + bool(given["firewall_rate_limit"])
        yield Item("web ACL", f"{rules} rules", price["web_acl_month"] + rules * price["web_acl_rule_month"])
        secrets = 1 + sum(bool(one["service_database"]) + len(one["service_secrets"]) for one in services)
        alarms = (
            PLATFORM_ALARMS + GATEWAY_ALARMS * gateways(given) + (SERVICE_ALARMS + OBJECTIVE_ALARMS) * len(services)
        )
        metrics = sum(map(scaling_metrics, services))
        yield Item("scaling alarms", f"over {metrics} metrics", metrics * price["alarm_month"])
        calls = len(given["guardrails_alarms"]) if given["guardrails_enabled"] else 0
        yield Item("guardrails, without what they cost by use", f"{calls} alarms", calls * price["alarm_month"])
        yield Item(
            "the rest",
            f"{KEYS} keys, {secrets} secrets, {alarms} alarms, 1 zone",
            KEYS * price["key_month"]
            + secrets * price["secret_month"]
            + alarms * price["alarm_month"]
            + price["zone_month"],
        )


def table() -> list[str]:
    """Return the lines of a Markdown table with all environments."""
    bills = [Bill(name) for name in ENVIRONMENTS]
    lines = [f"| | {' | '.join(ENVIRONMENTS)} |", "|---|---|---|---|"]
    for row in zip(*(bill.items() for bill in bills), strict=True):
        cells = (f"{item.price:.0f} ({item.how})" for item in row)
        lines.append(f"| {row[0].name} | {' | '.join(cells)} |")
    totals = (f"**{bill.total():.0f} $**" for bill in bills)
    return [*lines, f"| **a month** | {' | '.join(totals)} |"]


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(), ""]))
