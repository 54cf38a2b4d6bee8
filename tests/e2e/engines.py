"""An inventory of dev with more services beside web, one for each engine that exchanges versions of one ECS service."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from rehearsal import cli
from tests.e2e.environment import ROOT, Environment

#: Service by engine.
SERVICES = {"ecs": "shop", "rolling": "mail", "codedeploy": "cart"}
FIRST = "1.0.0"
TAGS = (
    FIRST,
    "1.1.0",
    "1.2.0",
    "1.2.0-errors",
    "1.2.0-slow",
    "1.2.0-unhealthy",
    "1.2.0-crash-start",
    "1.2.0-crash-later",
)


def inventory(directory: Path, services: Mapping[str, str] = SERVICES) -> Path:
    """Write dev's inventory with services beside web, by engine, and return its path."""
    path = directory / "inventories" / "dev"
    shutil.copytree(ROOT / "inventories" / "dev", path, symlinks=True)
    shared = path / "group_vars" / "all"
    shared.unlink()
    shared.symlink_to(ROOT / "group_vars" / "all")
    web = _read(path / "host_vars" / "web.yml")
    for engine, name in services.items():
        values = {"service_engine": engine, "service_domain": f"{name}.{{{{ dns_zone_name }}}}"}
        _write(path / "host_vars" / f"{name}.yml", web | values)
    names, own = ["web", *services.values()], path / "group_vars" / "dev"
    hosts = _read(path / "hosts.yml")
    hosts["all"]["children"]["dev"]["children"]["services"]["hosts"] = dict.fromkeys(names)
    _write(path / "hosts.yml", hosts)
    _write(own / "releases.yml", {"releases": {name: {"image_tag": FIRST} for name in names}})
    listed = {name: {"priority": 100 + place} for place, name in enumerate(names)}
    _write(own / "services.yml", {"environment_services": listed})
    return path


def stand_up(dev: Environment, directory: Path) -> Environment:
    """Add the services to a dev that stands, and release their first version."""
    more = Environment("dev", dev.variables, dev.logs)
    more.inventory_path = str(inventory(directory))
    more.playbook("site.yml")
    for name in SERVICES.values():
        for tag in TAGS:
            cli.order("tasks.push", image=f"web:{tag}", repository=f"slipway-dev/{name}", region="us-east-1")
    more.playbook("site.yml", "--limit", ",".join(SERVICES.values()))
    return more


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _write(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
