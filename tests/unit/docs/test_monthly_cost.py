"""The bill of an environment: its arithmetic, and that it follows inventory and prices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.filter.objectives import objective_alarms
from tools.monthly_cost import (
    ENVIRONMENTS,
    GATEWAY_ALARMS,
    KEYS,
    OBJECTIVE_ALARMS,
    PLATFORM_ALARMS,
    SERVICE_ALARMS,
    Bill,
    table,
)

ROOT = Path(__file__).parents[3]


def price(environment: str, name: str) -> float:
    return {item.name: item.price for item in Bill(environment).items()}[name]


@pytest.mark.parametrize(
    ("environment", "name", "expected"),
    [
        ("dev", "NAT gateways", 1 * 0.045 * 730),
        ("prod", "NAT gateways", 3 * 0.045 * 730),
        ("prod", "interface endpoints", 6 * 3 * 0.01 * 730),
        ("dev", "public addresses", (2 + 1) * 0.005 * 730),
        ("prod", "public addresses", (3 + 3) * 0.005 * 730),
        ("dev", "load balancer", (0.0225 + 0.008) * 730),
        ("dev", "PostgreSQL", 0.016 * 730),
        ("prod", "PostgreSQL", 2 * 0.168 * 730),
        ("dev", "its storage", 50 * 0.115),
        ("prod", "its storage", 50 * 0.23),
        ("dev", "tasks", 2 * (0.25 * 0.04048 + 0.5 * 0.004445) * 730),
        ("dev", "web ACL", 5 + 5 * 1),
        ("dev", "guardrails, without what they cost by use", 0),
        ("prod", "guardrails, without what they cost by use", 14 * 0.1),
        ("dev", "scaling alarms", 0),
        ("prod", "scaling alarms", 2 * (2 + 3) * 0.1),
        ("dev", "the rest", 3 * 1 + 2 * 0.4 + (16 + 32 + 9 + 2) * 0.1 + 0.5),
    ],
)
def test_each_line_is_worked_out(environment: str, name: str, expected: float) -> None:
    assert price(environment, name) == pytest.approx(expected)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_total_is_the_sum(name: str) -> None:
    bill = Bill(name)
    assert bill.total() == pytest.approx(sum(item.price for item in bill.items()))


def test_what_is_switched_off_costs_nothing() -> None:
    bill = Bill("dev")
    bill.given |= {"network_nat": "none", "network_interface_endpoints": [], "firewall_rate_limit": 0}
    lines = {item.name: item.price for item in bill.items()}
    assert lines["NAT gateways"] == lines["interface endpoints"] == 0
    assert lines["public addresses"] == pytest.approx(2 * 0.005 * 730)
    assert lines["web ACL"] == pytest.approx(9)


def test_every_price_says_where_it_is_from() -> None:
    content = yaml.safe_load((ROOT / "tools" / "prices.yml").read_text(encoding="utf-8"))
    assert {entry["source"] for group in ("prices", "databases") for entry in content[group].values()} == {
        "infracost",
        "unconfirmed",
    }


def test_what_is_counted_by_hand_is_what_the_roles_make() -> None:
    keys = (ROOT / "roles" / "keys" / "vars" / "main" / "main.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"type: kms_key", keys)) == KEYS
    alarms = {
        path.stem: path.read_text("utf-8") for path in (ROOT / "roles" / "alarms" / "vars" / "main").glob("*.yml")
    }
    colours = 2
    shared = {"availability": 99.9, "latency": 99, "seconds": 1, "requests": 1}
    objectives = objective_alarms({"web": {}}, shared, [], "x", {})
    assert sum(len(one["properties"]["Metrics"]) - 1 for one in objectives) == OBJECTIVE_ALARMS
    of_service = re.findall(r"name: <each>/", alarms["services"] + alarms["tasks"])
    assert colours * len(of_service) == SERVICE_ALARMS
    of_parts = r"name: (?:database|firewall|certificate|load_balancer)/(?!replica_|cpu_credits)"
    platform = re.findall(of_parts, alarms["platform"] + alarms["database"])
    assert len(platform) == PLATFORM_ALARMS
    assert len(re.findall(r"name: network/nat_", alarms["platform"])) == GATEWAY_ALARMS


def test_the_readme_has_the_table() -> None:
    assert "\n".join(table()) in (ROOT / "README.md").read_text(encoding="utf-8")
