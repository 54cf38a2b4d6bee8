"""An environment with as many services as wanted, as an inventory: the platform without a database, nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.rate_limits import FAMILIES

ROOT = Path(__file__).parents[1]
ENVIRONMENT = "bench"
ZONE = "bench.example.com"
#: AWS's 100 target groups of a load balancer, two a service, and room for a tenth more.
ON_A_BALANCER = 45
IMAGE = "web:1.0.0"
COMPONENTS: dict[str, list[str]] = {
    "foundation": ["state", "keys", "dns"],
    "base": ["network", "registry", "log_storage", "cluster", "certificate"],
    "core": ["load_balancer"],
    "access": [],
    "observability": [],
}


def names(count: int) -> list[str]:
    """Return the services' names."""
    return [f"svc-{number:04}" for number in range(1, count + 1)]


def balancers(count: int, each: int = ON_A_BALANCER) -> list[str]:
    """Return the names of the load balancers that so many services need, ``each`` of which carries as many."""
    return ["main", *(f"b{number:02}" for number in range(2, (count - 1) // each + 2))]


def write(directory: Path, count: int, each: int = ON_A_BALANCER) -> Path:
    """Write an inventory of ``count`` services, ``each`` on a load balancer, and return its directory."""
    own = directory / "group_vars" / ENVIRONMENT
    own.mkdir(parents=True, exist_ok=True)
    shared = directory / "group_vars" / "all"
    if not shared.exists():
        shared.symlink_to(ROOT / "group_vars" / "all")
    services, spread = names(count), balancers(count, each)
    _dump(directory / "hosts.yml", {"all": {"children": {ENVIRONMENT: {"children": _groups(services)}}}})
    _dump(own / "main.yml", _variables(spread))
    _dump(own / "releases.yml", {"releases": {name: {"image_tag": IMAGE.partition(":")[2]} for name in services}})
    listed = {
        name: {"priority": number + 1, "load_balancer": spread[number // each]} for number, name in enumerate(services)
    }
    _dump(own / "services.yml", {"environment_services": listed})
    return directory


def _groups(services: list[str]) -> dict[str, Any]:
    stages = {stage: {"hosts": dict.fromkeys(hosts)} for stage, hosts in COMPONENTS.items()}
    return {"platform": {"children": stages}, "services": {"hosts": dict.fromkeys(services)}}


def _variables(spread: list[str]) -> dict[str, Any]:
    return {
        "env_name": ENVIRONMENT,
        "environments": [ENVIRONMENT],
        "cost_centre": "bench",
        "dns_zone_name": ZONE,
        "network_cidr": "10.40.0.0/16",
        "network_nat": "one",
        "load_balancers": spread,
        "service_domain": "{{ inventory_hostname }}.{{ dns_zone_name }}",
        "service_desired_count": 0,
        # The local cloud answers as fast as this machine is; what is measured is not AWS's limits.
        "slipway_rate_limits": dict.fromkeys(sorted(FAMILIES), 0),
    }


def _dump(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
