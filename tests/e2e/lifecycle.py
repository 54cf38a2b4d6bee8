"""What a deployer does in the life of an environment, and what it needs to be allowed for it.

    python -m tests.e2e.lifecycle platform platform.json    # made with everything on, changed, looked at, removed
    python -m tests.e2e.lifecycle releases releases.json    # released, taken back, asked, aborted, removed
    python -m tests.e2e.lifecycle engines engines.json      # released by every other engine, moved to another, removed

Each takes five to ten minutes; tools/deployer_policy.py reads what they write.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from rehearsal import cli
from tests.e2e.engines import SERVICES, TAGS, inventory
from tests.e2e.environment import ROOT, Environment

Command = tuple[str, ...]
TIME_SCALE = 60.0
#: What prod switches on.
KEPT: dict[str, Any] = {
    "guardrails_enabled": True,
    "guardrails_delete_records_on_removal": True,
    "budget_monthly_limit": 900,
    "autoscaling_enabled": True,
}
#: Values that differ from dev's, with which it is made first, so that its own values are changes.
CHANGED: dict[str, Any] = {
    "owner": "others",
    "budget_actual_percent": [70],
    "guardrails_severities": ["CRITICAL"],
    "alarms_cpu": 91,
    "autoscaling_requests": 100,
    "autoscaling_maximum": 8,
    "cluster_base_capacity": 1,
    "cluster_container_insights": "enabled",
    "cluster_exec_log_retention_days": 60,
    "database_apply_immediately": True,
    "database_backup_retention_days": 8,
    "database_log_retention_days": 60,
    "database_parameters": {"log_connections": "1"},
    "database_multi_az": True,
    "dns_query_log_retention_days": 60,
    "firewall_allow_cidrs": ["203.0.113.0/24"],
    "firewall_log_retention_days": 60,
    "firewall_rate_limit": 1000,
    "firewall_redacted_headers": ["authorization"],
    "keys_rotation_period_days": 180,
    "load_balancer_hsts": "max-age=3600",
    "load_balancer_idle_timeout": 61,
    "load_balancer_ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "log_storage_retention_days": 400,
    "network_flow_log_interval_seconds": 600,
    "network_nat": "per_zone",
    "network_test_cidrs": ["198.51.100.0/24", "203.0.113.0/24"],
    "notifications_emails": ["team@example.com"],
    "registry_keep_tagged_images": 40,
    "service_deregistration_delay": 20,
    "service_exec": True,
    "service_health_check_interval": 15,
    "service_log_retention_days": 60,
    "state_noncurrent_version_days": 60,
    **KEPT,
}


class Lifecycle:
    """An environment from its first run to its removal.

    Args:
        dev: the environment, in an empty cloud.
        place: a directory for its inventory.
        kind: ``platform``, ``releases`` or ``engines``.
    """

    def __init__(self, dev: Environment, place: Path, kind: str) -> None:
        self.dev = dev
        self.services = SERVICES if kind == "engines" else {}
        self.dev.inventory_path = str(inventory(place, self.services))
        lives = {
            "platform": [self.changed, self.looked_at],
            "releases": [self.made, self.released, self.asked],
            "engines": [self.made, self.exchanged, self.moved],
        }
        self.steps = lives[kind]

    def __call__(self) -> Iterator[tuple[str, int, str]]:
        """Live it; yield what was run, how it ended and what it said."""
        for steps in (*self.steps, self.removed):
            for command in steps():
                done = self.dev.playbook(*command, expect=None)
                yield " ".join(command), done.code, done.output

    def made(self) -> Iterator[Command]:
        """Make it, and its services once there are images."""
        yield ("site.yml",)
        for name in ("web", *self.services.values()):
            for tag in TAGS:
                cli.order("tasks.push", image=f"web:{tag}", repository=f"slipway-dev/{name}", region="us-east-1")
        yield ("site.yml", "--limit", "services")

    def changed(self) -> Iterator[Command]:
        """Make it with other values than its own, then give it its own."""
        path = Path(self.dev.inventory_path) / "group_vars" / "dev" / "zz_changed.yml"
        path.write_text(yaml.safe_dump(CHANGED | {"slipway_tags": _tags()}), encoding="utf-8")
        yield from self.made()
        yield _release("web", "1.1.0")
        path.write_text(yaml.safe_dump(KEPT), encoding="utf-8")
        yield ("site.yml",)

    @staticmethod
    def looked_at() -> Iterator[Command]:
        """Look at it in every way."""
        yield ("playbooks/rotate.yml",)
        for name in ("plan", "drift", "release_status"):
            yield (f"playbooks/{name}.yml",)

    @staticmethod
    def released() -> Iterator[Command]:
        """Release a version, and one that goes back; go back."""
        for tag in ("1.1.0", "1.2.0-unhealthy"):
            yield _release("web", tag)
        yield "playbooks/rollback.yml", "-e", "service=web"
        yield "playbooks/release_clean.yml", "-e", "service=web"

    def exchanged(self) -> Iterator[Command]:
        """Release by engines that exchange versions of one service, and by ECS's own a version that goes back."""
        for engine, name in self.services.items():
            yield _release(name, "1.1.0", release_bake_minutes={"codedeploy": 5}.get(engine, 1))
        yield _release(SERVICES["ecs"], "1.2.0-unhealthy")

    @staticmethod
    def moved() -> Iterator[Command]:
        """Move a service to another engine, and back."""
        for engine in ("weighted", "ecs"):
            given = {"service": SERVICES["ecs"], "service_engine": engine}
            yield "playbooks/migrate_engine.yml", "-e", json.dumps(given)

    def asked(self) -> Iterator[Command]:
        """Have a release ask and answer it; abort another that goes on."""
        steps = {"release_steps": [50, 100], "retry": True}
        yield _release("web", "1.2.0", **steps, release_gates=["100"], detach=True)
        yield "playbooks/promote.yml", "-e", "service=web"
        command = self.dev.command(*_release("web", "1.1.0", **steps, release_bake_minutes=600))
        running = subprocess.Popen(command, cwd=ROOT, env=self.dev.variables, stdout=subprocess.DEVNULL)
        time.sleep(20)
        yield "playbooks/abort.yml", "-e", "service=web"
        running.wait(timeout=120)

    @staticmethod
    def removed() -> Iterator[Command]:
        """Remove it."""
        yield "playbooks/teardown.yml", "-e", "confirm=dev"


def _release(service: str, tag: str, **more: Any) -> Command:
    given = {"service": service, "image_tag": tag, "release_bake_minutes": 1, **more}
    return "playbooks/release.yml", "-e", json.dumps(given)


def _tags() -> dict[str, str]:
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    return {**shared["slipway_tags"], "reviewed": "yes"}


def main() -> None:
    """Record one life."""
    kind, file = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name, cli.running_cloud(TIME_SCALE, more=["--record"]) as variables:
        (Path(name) / "logs").mkdir()
        for command, code, output in Lifecycle(Environment("dev", variables, Path(name) / "logs"), Path(name), kind)():
            sys.stdout.write(f"{time.strftime('%X')} {code} {command}\n{output[-3000:] if code else ''}")
            sys.stdout.flush()
            file.write_text(json.dumps(cli.order("gate.needed"), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
