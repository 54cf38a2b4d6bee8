"""What a deployer does in the life of an environment: made, changed, released by every engine, looked at, removed.

python -m tests.e2e.lifecycle needed.json    # writes what it needed to be allowed; takes some ten minutes
"""

from __future__ import annotations

import json
import shutil
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

#: Slower than other tests: a machine that does nothing else keeps its leases at 60, one that is busy does not.
TIME_SCALE = 30.0
SERVICE_NAMES = ("web", *SERVICES.values())
#: Values that differ from dev's, so that what can be changed is changed, and changed back.
CHANGED: dict[str, Any] = {
    "owner": "others",
    "alarms_cpu": 91,
    "autoscaling_enabled": True,
    "cluster_base_capacity": 1,
    "cluster_container_insights": "enabled",
    "cluster_exec_log_retention_days": 60,
    "database_apply_immediately": True,
    "database_backup_retention_days": 8,
    "database_log_retention_days": 60,
    "database_parameters": {"log_connections": "1"},
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
}


class Lifecycle:
    """An environment from its first run to its removal.

    Args:
        dev: the environment, in an empty cloud.
        place: a directory for its inventory.
    """

    def __init__(self, dev: Environment, place: Path) -> None:
        self.dev = dev
        dev.inventory_path = str(inventory(place))

    def __call__(self) -> Iterator[tuple[str, int, str]]:
        """Live it; yield what was run, how it ended and what it said."""
        for steps in (self.made, self.changed, self.released, self.looked_at, self.asked, self.removed):
            for command, expected in steps():
                done = self.dev.playbook(*command, expect=None)
                yield " ".join(command), 0 if done.code in expected else done.code, done.output

    @staticmethod
    def made() -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Make it, then twice again, which changes nothing."""
        yield ("site.yml",), {0}
        for name in SERVICE_NAMES:
            for tag in TAGS:
                cli.order("tasks.push", image=f"web:{tag}", repository=f"slipway-dev/{name}", region="us-east-1")
        yield ("site.yml", "--limit", "services"), {0}
        yield ("site.yml",), {0}

    def changed(self) -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Change whatever can be changed, and back."""
        path = Path(self.dev.inventory_path) / "group_vars" / "dev" / "zz_changed.yml"
        path.write_text(yaml.safe_dump(CHANGED | {"slipway_tags": _tags()}), encoding="utf-8")
        yield ("site.yml",), {0}
        yield ("playbooks/release.yml", "-e", "service=web", "-e", "image_tag=1.1.0"), {0}
        yield ("playbooks/rotate.yml",), {0}
        path.unlink()
        yield ("site.yml",), {0}

    @staticmethod
    def released() -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Release by every engine, a good version and a bad one, and go back."""
        for engine, name in SERVICES.items():
            minutes = {"codedeploy": 5}.get(engine, 1)
            for tag in ("1.1.0", "1.2.0-unhealthy"):
                given = {
                    "service": name,
                    "image_tag": tag,
                    "release_bake_minutes": minutes,
                    "release_unclear": "promote",
                }
                yield ("playbooks/release.yml", "-e", json.dumps(given)), {0, 2}
        yield ("playbooks/rollback.yml", "-e", "service=web"), {0}
        yield ("playbooks/rollback.yml", "-e", f"service={SERVICES['ecs']}"), {0}
        for engine in ("weighted", "ecs"):
            given = {"service": SERVICES["ecs"], "service_engine": engine}
            yield ("playbooks/migrate_engine.yml", "-e", json.dumps(given)), {0}

    @staticmethod
    def looked_at() -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Look at it in every way."""
        for name in ("plan", "verify", "drift", "security_report", "release_status", "right_size", "release_clean"):
            yield (f"playbooks/{name}.yml",), {0, 2}
        yield ("playbooks/release_plan.yml", "-e", "service=web", "-e", "image_tag=1.2.0"), {0, 2}
        for operation in ("start", "look", "stop"):
            given = {"service": "web", "operation": operation, "image_tag": "1.2.0"}
            yield ("playbooks/experiment.yml", "-e", json.dumps(given)), {0, 2}

    def asked(self) -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Have a release ask and answer it; abort another that goes on."""
        given = {"service": "web", "image_tag": "1.2.0", "release_steps": [50, 100], "release_bake_minutes": 1}
        gated = given | {"release_unclear": "promote", "release_gates": ["100"], "detach": True, "retry": True}
        yield ("playbooks/release.yml", "-e", json.dumps(gated)), {0}
        yield ("playbooks/promote.yml", "-e", "service=web"), {0}
        slow = given | {"image_tag": "1.1.0", "release_bake_minutes": 600, "retry": True}
        command = self.dev.command("playbooks/release.yml", "-e", json.dumps(slow))
        running = subprocess.Popen(command, cwd=ROOT, env=self.dev.variables, stdout=subprocess.DEVNULL)
        time.sleep(30)
        yield ("playbooks/abort.yml", "-e", "service=web"), {0}
        running.wait(timeout=120)

    @staticmethod
    def removed() -> Iterator[tuple[tuple[str, ...], set[int]]]:
        """Remove it."""
        yield ("playbooks/teardown.yml", "-e", "confirm=dev"), {0}


def _tags() -> dict[str, str]:
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    return {**shared["slipway_tags"], "reviewed": "yes"}


def main() -> None:
    """Record one life."""
    place = Path(tempfile.mkdtemp())
    logs = place / "logs"
    logs.mkdir()
    with cli.running_cloud(TIME_SCALE, more=["--record"]) as variables:
        for command, code, output in Lifecycle(Environment("dev", variables, logs), place)():
            sys.stdout.write(f"{time.strftime('%X')} {code} {command}\n{output[-3000:] if code else ''}")
            sys.stdout.flush()
            needed = json.dumps(cli.order("gate.needed"), indent=1)
            Path(sys.argv[1]).write_text(needed, encoding="utf-8")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
