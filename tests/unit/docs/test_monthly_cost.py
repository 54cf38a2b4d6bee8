"""The bills of the environments: that they follow inventories and prices, and that the README shows them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tools.files import load
from tools.monthly_cost import table

ROOT = Path(__file__).parents[3]
#: In which dev runs: 13 on each of 5 days, in 52 weeks.
AWAKE = 281.7
ROLE = load(ROOT / "roles" / "bill" / "vars" / "main.yml")


@cache
def bills() -> dict[str, Any]:
    command = [sys.executable, "-m", "tools.monthly_cost", "--json"]
    found: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return found


@pytest.mark.parametrize(
    ("environment", "name", "expected"),
    [
        ("dev", "NAT gateways", 1 * 0.045 * 730),
        ("prod", "NAT gateways", 3 * 0.045 * 730),
        ("prod", "interface endpoints", 6 * 3 * 0.01 * 730),
        ("dev", "public addresses", (2 + 1) * 0.005 * 730),
        ("prod", "public addresses", (3 + 3) * 0.005 * 730),
        ("dev", "load balancer", 0.0225 * 730),
        ("dev", "PostgreSQL", 0.016 * AWAKE),
        ("prod", "PostgreSQL", 2 * 0.168 * 730),
        ("prod", "its storage", 50 * 0.23),
        # Of 256 CPU units and 512 MiB the collector takes 32 and 128.
        ("staging", "tasks", 2 * (0.21875 * 0.04048 + 0.375 * 0.004445) * 730),
        ("staging", "collectors in tasks", 2 * (0.03125 * 0.04048 + 0.125 * 0.004445) * 730),
        # One of two tasks runs whether there is Spot or not.
        ("dev", "tasks", (0.21875 * 0.04048 + 0.375 * 0.004445) * AWAKE),
        ("dev", "tasks on Spot", 0.3 * (0.21875 * 0.04048 + 0.375 * 0.004445) * AWAKE),
        ("prod", "traces", 0.05 * 1 * 5.00),
        ("dev", "keys", 3),
        ("dev", "secrets", 2 * 0.40),
    ],
)
def test_each_line_is_worked_out(environment: str, name: str, expected: float) -> None:
    assert bills()[environment]["names"][name]["total"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("environment", "choice", "expected"),
    [
        # Two gateways, two addresses, two alarms on each gateway.
        ("prod", "one NAT gateway", -2 * (0.045 + 0.005) * 730 - 2 * 2 * 0.10),
        # With the gateway go its address, ten GiB of traffic, two alarms and the composite one of the network.
        ("dev", "no NAT gateway, tasks reach AWS through endpoints only", -0.05 * 730 - 10 * 0.045 - 2 * 0.10 - 0.50),
        ("prod", "no interface endpoints, all goes through NAT", -18 * 0.01 * 730 - 10 * 0.01),
        ("prod", "tasks on Spot", -0.7 * 2 * (0.25 * 0.04048 + 0.5 * 0.004445) * 730),
        ("dev", "every task on Spot, none when there is none", -0.7 * (0.25 * 0.04048 + 0.5 * 0.004445) * AWAKE),
        ("prod", "tasks on ARM", -2 * (0.25 * (0.04048 - 0.03238) + 0.5 * (0.004445 - 0.00356)) * 730),
        ("dev", "database with a standby", 0.016 * AWAKE + 50 * 0.115),
        (
            "dev",
            "tasks and database run on working days from 8 to 20 only",
            (260 - AWAKE) * (0.016 + 1.3 * (0.25 * 0.04048 + 0.5 * 0.004445)),
        ),
        (
            "dev",
            "tasks and database run day and night",
            (730 - AWAKE) * (0.016 + 1.3 * (0.25 * 0.04048 + 0.5 * 0.004445)),
        ),
    ],
)
def test_each_choice_is_worked_out(environment: str, choice: str, expected: float) -> None:
    bill = bills()[environment]
    assert bill["choices"][choice]["total"] - bill["total"] == pytest.approx(expected)


@pytest.mark.parametrize("choice", [one for one in ROLE["__bill_choices"] if "set" in one], ids=lambda one: one["name"])
def test_a_choice_names_every_host_that_follows_from_it(choice: dict[str, Any]) -> None:
    """Those hosts alone are rendered anew."""
    names = ROLE["__bill_retentions"] if isinstance(choice["set"], str) else choice["set"]
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    roles = {"service" if host == "services" else host for host in choice["hosts"]}
    reading = set()
    for path in [*ROOT.glob("roles/*/vars/**/*.yml"), *ROOT.glob("roles/*/defaults/**/*.yml")]:
        text = re.sub(r"^\s*#.*|^\w+:", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if pattern.search(text):
            reading.add(path.relative_to(ROOT / "roles").parts[0])
    assert reading - {"bill", "autoscaling", "chaos", "release", "verify"} <= roles


def test_the_readme_has_the_table() -> None:
    assert "\n".join(table(bills())) in (ROOT / "README.md").read_text(encoding="utf-8")
