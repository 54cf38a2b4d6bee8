"""What each environment costs a month, as a table: fixed cost line by line, what is paid by use in one line.

python -m tools.monthly_cost           prints it
python -m tools.monthly_cost --write   writes it into the README
python -m tools.monthly_cost --json    prints the bills, with those of each choice
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ansible.plugins.loader import init_plugin_loader

from tools.files import ENVIRONMENTS, ROOT, between, load
from tools.rendered import declaring

BEGIN = "<!-- Written by `make docs`; change roles/bill/files/prices.yml or the inventories instead. -->"
END = "<!-- end -->"
Bill = dict[str, Any]


def bills(*, choices: bool) -> dict[str, Bill]:
    """Return the bill of each environment, under ``choices`` those of each choice by its name."""
    # Ansible finds the collection once its loader is there.
    from ansible_collections.slipway.aws.plugins.plugin_utils.cost.bill import Bills  # noqa: PLC0415

    prices = load(ROOT / "roles" / "bill" / "files" / "prices.yml")
    found = {}
    for name in ENVIRONMENTS:
        one = Bills(declaring(name, ("service", "autoscaling")), prices, {})
        wanted = _choices() if choices else []
        found[name] = {**one.now(), "choices": {each["name"]: one.choice(each) for each in wanted}}
    return found


def _choices() -> list[dict[str, Any]]:
    content = load(ROOT / "roles" / "bill" / "vars" / "main.yml")
    week = dict.fromkeys(content["__bill_retentions"], 7)
    return [
        {**each, "set": week if isinstance(each.get("set"), str) else each.get("set", {})}
        for each in content["__bill_choices"]
    ]


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
def table(found: dict[str, Bill]) -> list[str]:
    """Return the lines of a Markdown table with all environments."""
    names = {name: None for bill in found.values() for name, sums in bill["names"].items() if sums["fixed"]}
    lines = [f"| dollars a month | {' | '.join(found)} |", "|---|---|---|---|"]
    for name in names:
        cells = (bill["names"].get(name, {"fixed": 0})["fixed"] for bill in found.values())
        lines.append(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")
    for name, key in (("by use, as assumed", "usage"), ("**all**", "total")):
        lines.append(f"| {name} | {' | '.join(f'{bill[key]:.2f}' for bill in found.values())} |")
    return lines


def main() -> None:
    """Print or write."""
    os.chdir(ROOT)
    init_plugin_loader([str(ROOT / "collections")])
    if "--json" in sys.argv:
        json.dump(bills(choices=True), sys.stdout)
        return
    lines = table(bills(choices=False))
    if "--write" in sys.argv:
        path = ROOT / "README.md"
        path.write_text(between(path, BEGIN, lines, END), encoding="utf-8")
    else:
        sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
