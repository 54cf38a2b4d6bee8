"""What a deployer does in the lives of an environment, and what it needs to be allowed for them.

    python -m tests.e2e.lifecycle platform platform.json    # made with everything on, changed, removed
    python -m tests.e2e.lifecycle releases releases.json    # looked at, released, a version that goes back
    python -m tests.e2e.lifecycle answers answers.json      # a release that asks, one that is aborted, back, removed
    python -m tests.e2e.lifecycle engines engines.json      # released by every other engine, stopped, aborted, removed
    python -m tests.e2e.lifecycle flags flags.json          # feature flags alone: made, changed, removed
    python -m tests.e2e.lifecycle gateway gateway.json      # a REST API alone: made, changed, removed
    python -m tests.e2e.lifecycle moves moves.json          # takes a version over, has a preview, sleeps and wakes
    python -m tests.e2e.lifecycle looks looks.json          # what only reads
    python -m tests.e2e.lifecycle drill drill.json          # its database restored beside it

Each takes about six minutes, flags and gateway two; tools/deployer_policy.py reads what they write. The last three are
of environments that somebody else made.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.engines import FIRST, SERVICES, TAGS, inventory
from tests.e2e.environment import ROOT, Environment, Outcome

LIVES = ("platform", "releases", "answers", "engines", "flags", "gateway", "moves", "looks", "drill")
TIME_SCALE = 60.0
#: Whoever has all rights, beside the one whose calls are recorded and decided about.
SOMEBODY = {"AWS_ACCESS_KEY_ID": "somebody"}
#: The environment whose versions dev takes over in the life ``moves``, and the version.
SOURCE, NEXT = "staging", "1.1.0"
COPIES = "us-west-2"
#: Seconds in which a release has begun that another run is to abort.
BEGINS_WITHIN = 90
#: What prod or another environment may switch on, until the end.
KEPT: dict[str, Any] = {
    "api_gateway_type": "http",
    "api_gateway_versions": {"v1": {"domain": "web.{{ dns_zone_name }}"}},
    "backup_copy_region": COPIES,
    "backup_lock": "governance",
    "backup_restore_test_schedule": "cron(0 9 ? * SAT *)",
    "database_backup_copy_region": COPIES,
    "database_skip_final_snapshot": False,
    "prometheus_enabled": True,
    "registry_copy_region": COPIES,
    "state_copy_region": COPIES,
    "guardrails_enabled": True,
    "guardrails_delete_records_on_removal": True,
    "budget_monthly_limit": 900,
    "budget_anomaly_threshold": 50,
    "autoscaling_enabled": True,
    "change_snapshots_kept": 1,
}
#: Values that differ from dev's, with which it is made first, so that its own values are changes.
CHANGED: dict[str, Any] = {
    "owner": "others",
    "budget_actual_percent": [70],
    "budget_anomaly_monitor": "environment",
    "guardrails_severities": ["CRITICAL"],
    "alarms_cpu": 91,
    "api_gateway_burst_limit": 100,
    "api_gateway_log_retention_days": 60,
    "autoscaling_requests": 100,
    "autoscaling_schedules": [{"name": "night", "schedule": "cron(0 22 * * ? *)", "minimum": 1, "maximum": 4}],
    "autoscaling_maximum": 8,
    "backup_rules": {"daily": {"schedule": "cron(0 5 * * ? *)", "keep_days": 14}},
    "cluster_base_capacity": 0,
    "cluster_container_insights": "enabled",
    "cluster_exec_log_retention_days": 60,
    "database_apply_immediately": True,
    "database_backup_retention_days": 8,
    "database_log_retention_days": 60,
    "database_parameters": {"log_connections": "1", "log_checkpoints": "0"},
    "database_multi_az": True,
    "dns_query_log_retention_days": 60,
    "environment_services": {"web": {"priority": 110}},
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
    "notifications_emails": ["team@example.com"],
    "registry_keep_tagged_images": 40,
    "service_deregistration_delay": 20,
    "service_exec": True,
    "service_health_check_interval": 15,
    "service_log_retention_days": 60,
    "state_noncurrent_version_days": 60,
    **KEPT,
}


NEEDED_BY_FLAGS = "state,keys,dns,network,log_storage,certificate,load_balancer,feature_flags"
NEEDED_BY_GATEWAY = "state,keys,dns,network,log_storage,certificate,load_balancer,firewall,api_gateway"


class Step(NamedTuple):
    """A run of a playbook.

    Attributes:
        arguments: the playbook and what is given to it.
        code: how it is to end.
        by_somebody: whoever has all rights runs it.
    """

    arguments: tuple[str, ...]
    code: int = 0
    by_somebody: bool = False


class Lifecycle:
    """An environment from its first run to its removal.

    Args:
        dev: the environment, in an empty cloud.
        place: a directory for its inventory.
        life: one of ``LIVES``.
    """

    def __init__(self, dev: Environment, place: Path, life: str) -> None:
        self.dev = dev
        self.somebody = Environment("dev", dev.variables | SOMEBODY, dev.logs)
        self.services = SERVICES if life in {"engines", "looks"} else {}
        self.dev.inventory_path = self.somebody.inventory_path = str(inventory(place, self.services))
        lives = {
            "platform": [self.changed, self.removed],
            "releases": [self.made, self.looked_at, self.released],
            "answers": [self.made, self.asked, self.removed],
            "engines": [self.made, self.exchanged, self.removed],
            "flags": [self.flagged],
            "gateway": [self.called],
            "moves": [self.given, self.moved],
            "looks": [self.planned, self.given_all, self.looked],
            "drill": [self.given, self.drilled],
        }
        self.steps = lives[life]

    def __call__(self) -> Iterator[tuple[Step, Outcome]]:
        """Live it; yield what was run, and how it ended."""
        for steps in self.steps:
            for step in steps():
                who = self.somebody if step.by_somebody else self.dev
                yield step, who.playbook(*step.arguments, expect=None)

    def made(self, tags: Sequence[str] = TAGS) -> Iterator[Step]:
        """Make it, and its services once there are images."""
        yield Step(("site.yml",))
        for name in ("web", *self.services.values()):
            for tag in tags:
                cli.order("tasks.push", image=f"web:{tag}", repository=f"slipway-dev/{name}", region="us-east-1")
        yield Step(("site.yml", "--limit", "services"))

    def changed(self) -> Iterator[Step]:
        """Make it with other values than its own and an API before it, then give it its own."""
        self._add_component("api_gateway")
        self._set("zz_changed.yml", CHANGED | {"slipway_tags": _tags()})
        yield from self.made()
        self._set("zz_changed.yml", KEPT)
        self._age_switch()
        yield _release("web", "1.1.0")
        yield Step(("site.yml",))
        for size in ("small", "medium"):  # each is preceded by a snapshot, of which one is kept
            bigger = {"database_instance_class": f"db.t4g.{size}", "database_apply_immediately": True}
            yield Step(("site.yml", "--limit", "database", "-e", json.dumps(bigger)))

    def _age_switch(self) -> None:
        """Give the dead man's switch a definition that an older Slipway might have given it."""
        client = self.somebody.client("stepfunctions")
        arn = "arn:aws:states:us-east-1:123456789012:stateMachine:slipway-dev-dead-mans-switch"
        definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
        client.update_state_machine(stateMachineArn=arn, definition=json.dumps({**definition, "Comment": "older"}))

    def given(self) -> Iterator[Step]:
        """Have somebody make it, and an environment that has a version more."""
        tags = [tag for tag in TAGS if tag != NEXT]
        yield from (step._replace(by_somebody=True) for step in self.made(tags))
        self._make_source()

    def given_all(self) -> Iterator[Step]:
        """Have somebody make it with everything on."""
        self._add_component("api_gateway")
        self._add_component("feature_flags")
        flags = [{"name": "oldest_first", "enabled": True}]
        self._set("zz_changed.yml", KEPT | {"feature_flags": flags})
        yield from self.given()

    def _make_source(self) -> None:
        """Make of an environment before dev what a promotion reads: a record, and an image that dev lacks."""
        self._set("zz_environments.yml", {"environments": [SOURCE, "dev", "prod"]})
        tables, images = self.somebody.client("dynamodb"), self.somebody.client("ecr")
        name, repository = f"slipway-{SOURCE}-leases", f"slipway-{SOURCE}/web"
        key = {"AttributeName": "id"}
        tables.create_table(
            TableName=name,
            KeySchema=[key | {"KeyType": "HASH"}],
            AttributeDefinitions=[key | {"AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        images.create_repository(repositoryName=repository)
        cli.order("tasks.push", image=f"web:{NEXT}", repository=repository, region="us-east-1")
        (image,) = images.describe_images(repositoryName=repository)["imageDetails"]
        of_web = {"id": {"S": "services/web"}}
        item = tables.get_item(TableName="slipway-dev-leases", Key=of_web)["Item"]
        version = {"image_tag": {"S": NEXT}, "digest": {"S": image["imageDigest"]}}
        tables.put_item(TableName=name, Item={**item, **version})

    def _set(self, name: str, values: dict[str, Any]) -> None:
        path = Path(self.dev.inventory_path) / "group_vars" / "dev" / name
        path.write_text(yaml.safe_dump(values), encoding="utf-8")

    @staticmethod
    def moved() -> Iterator[Step]:
        """Take over a version and release it; have a preview of a branch; sleep and wake."""
        source = ("-e", f"source={SOURCE}")
        yield Step(("playbooks/promote_images.yml", *source))
        yield Step(("playbooks/promote_environment.yml", *source, "-e", "release_bake_minutes=1"))
        of_branch = ("-e", "branch=feature/more")
        for tag in (FIRST, NEXT):
            yield Step(("playbooks/preview.yml", *of_branch, "-e", "service=web", "-e", f"image_tag={tag}"))
        yield Step(("playbooks/previews_expire.yml",))
        yield Step(("playbooks/preview_down.yml", *of_branch))
        for state in ("asleep", "awake"):
            yield Step(("playbooks/night.yml", "-e", f"state={state}"))

    @staticmethod
    def planned() -> Iterator[Step]:
        """Plan it where nothing is."""
        yield Step(("playbooks/plan.yml",))

    @staticmethod
    def looked() -> Iterator[Step]:
        """Run whatever only reads."""
        of_web, source = ("-e", "service=web"), ("-e", f"source={SOURCE}")
        for name in ("plan", "drift", "verify", "release_status", "night"):
            yield Step((f"playbooks/{name}.yml",))
        yield Step(("playbooks/security_report.yml",), 2)  # Prometheus is not pinned, the API asks for no token
        yield Step(("playbooks/release_plan.yml", *of_web, "-e", f"image_tag={FIRST}"))
        yield Step(("playbooks/promote_images.yml", *of_web, *source, "--check"))
        yield Step(("playbooks/diff_environments.yml", *source))
        yield Step(("playbooks/cost.yml", "-e", "actual=true"))
        yield Step(("playbooks/previews_expire.yml", "--check"))

    @staticmethod
    def drilled() -> Iterator[Step]:
        """Restore its database beside it."""
        yield Step(("playbooks/restore_drill.yml",))

    def flagged(self) -> Iterator[Step]:
        """Make feature flags and what they need, change all of it, and remove the flags, also while they grow."""
        self._add_component("feature_flags")
        for on, more in ((False, "before"), (True, "after")):
            flags = {"name": "oldest_first", "enabled": on, "description": more}
            given = {
                "feature_flags": [flags],
                "feature_flags_bake_minutes": 1 + on,
                "owner": more,
            }
            playbook = "feature_flags" if on else "platform"
            yield Step((f"playbooks/{playbook}.yml", "--limit", NEEDED_BY_FLAGS, "-e", json.dumps(given)))
        watched = json.dumps(given | {"feature_flags_more_alarms": ["slipway-dev-orders"]})
        yield Step(("playbooks/feature_flags.yml", "--limit", "feature_flags", "-e", watched))
        removed = ("-e", "confirm=dev")
        yield Step(("playbooks/teardown.yml", "--limit", "feature_flags", *removed))
        watched = json.dumps(given | {"feature_flags_growth_minutes": 1, "feature_flags_bake_minutes": 60})
        yield Step(("playbooks/feature_flags.yml", "--limit", "feature_flags", "-e", watched))
        yield Step(("playbooks/teardown.yml", "--limit", "state,feature_flags", *removed))

    def called(self) -> Iterator[Step]:
        """Make a REST API and what it needs, change all of it, and remove the API."""
        self._add_component("api_gateway")
        version, tokens = {"domain": "web.{{ dns_zone_name }}"}, "https://login.example.com"
        for before in (True, False):
            given = {
                "api_gateway_type": "rest",
                "api_gateway_versions": {f"v{1 + before}": version | ({"sunset": "2027-07-31"} if before else {})},
                "api_gateway_jwt_issuer": f"{tokens}/{'a' if before else 'b'}",
                "api_gateway_jwt_audience": ["clients"],
                "api_gateway_plans": {"basic": {"rate_limit": 5 if before else 6}, "more": {"quota": 100}},
                "api_gateway_clients": {"acme": {"plan": "basic" if before else "more"}},
                "api_gateway_web_acl": True,
                "api_gateway_default_endpoint": before,
                "api_gateway_burst_limit": 100 if before else 200,
                "api_gateway_key_recovery_days": 0,
                "owner": "before" if before else "after",
            }
            yield Step(("playbooks/platform.yml", "--limit", NEEDED_BY_GATEWAY, "-e", json.dumps(given)))
        removed = ("-e", "confirm=dev", "-e", json.dumps(given))
        yield Step(("playbooks/teardown.yml", "--limit", "state,api_gateway", *removed))

    def _add_component(self, name: str) -> None:
        hosts = Path(self.dev.inventory_path) / "hosts.yml"
        listed = yaml.safe_load(hosts.read_text(encoding="utf-8"))
        listed["all"]["children"]["dev"]["children"]["platform"]["children"]["access"]["hosts"][name] = None
        hosts.write_text(yaml.safe_dump(listed), encoding="utf-8")

    @staticmethod
    def looked_at() -> Iterator[Step]:
        """Look at it in every way, and give its service another password."""
        yield Step(("playbooks/rotate.yml",))
        yield Step(("playbooks/set_release.yml", "-e", "service=web", "-e", f"image_tag={FIRST}"))
        for name in ("record_releases", "release_wanted", "plan", "verify", "release_status", "drift"):
            yield Step((f"playbooks/{name}.yml",))

    @staticmethod
    def released() -> Iterator[Step]:
        """Release a version, and one that goes back; remove what they left."""
        yield _release("web", "1.1.0")
        yield _release("web", "1.2.0-unhealthy", code=2)
        yield Step(("playbooks/release_clean.yml", "-e", "service=web"))

    def exchanged(self) -> Iterator[Step]:
        """Release by engines that exchange versions of one service; stop, abort, and have ECS itself go back."""
        unclear = {"release_unclear": "rollback", "release_extend_minutes": 0}
        for engine, name in self.services.items():
            bake = {"release_bake_minutes": {"codedeploy": 5}.get(engine, 1)}
            yield _release(name, "1.1.0", **bake)
            with Load(self.dev.url.replace("web.", f"{name}."), self.dev.variables):
                yield _release(name, "1.2.0-errors", code=2, **bake, **unclear)
        for engine in ("ecs", "codedeploy"):
            yield from self._aborted(SERVICES[engine], "1.2.0", self._candidate_runs)
        yield _release(SERVICES["ecs"], "1.2.0-unhealthy", code=2)

    def _aborted(self, name: str, tag: str, begun: Callable[[str], bool], **more: Any) -> Iterator[Step]:
        """Abort a release that goes on."""
        running = self.dev.begin(*_release(name, tag, retry=True, release_bake_minutes=600, **more).arguments)
        until = time.monotonic() + BEGINS_WITHIN
        while not begun(name) and time.monotonic() < until:
            time.sleep(1)
        yield Step(("playbooks/abort.yml", "-e", f"service={name}"))
        running.wait(timeout=120)

    def _candidate_runs(self, name: str) -> bool:
        """Say whether a service has two versions at once."""
        told = self.somebody.client("ecs").describe_services(cluster="slipway-dev", services=[f"slipway-dev-{name}"])
        (service,) = told["services"]
        return len(service["deployments"]) > 1 or len(service.get("taskSets", [])) > 1

    def _has_weight(self, name: str) -> bool:
        """Say whether both sides of a service have requests."""
        parameter = f"/slipway/dev/{name}/https_rule_arn"
        arn = self.somebody.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
        rule = self.somebody.client("elbv2").describe_rules(RuleArns=[arn])["Rules"][0]
        return all(group["Weight"] for group in rule["Actions"][-1]["ForwardConfig"]["TargetGroups"])

    def asked(self) -> Iterator[Step]:
        """Have a release ask and answer it; abort another that goes on; go back."""
        steps: dict[str, Any] = {"release_steps": [50, 100], "retry": True}
        yield _release("web", "1.2.0", **steps, release_gates=["100"], detach=True)
        yield Step(("playbooks/promote.yml", "-e", "service=web"))
        yield from self._aborted("web", "1.1.0", self._has_weight, release_steps=[50, 100])
        yield Step(("playbooks/rollback.yml", "-e", "service=web"))

    @staticmethod
    def removed() -> Iterator[Step]:
        """Remove it."""
        yield Step(("playbooks/teardown.yml", "-e", "confirm=dev"))


def _release(service: str, tag: str, code: int = 0, **more: Any) -> Step:
    given = {"service": service, "image_tag": tag, "release_bake_minutes": 1, **more}
    return Step(("playbooks/release.yml", "-e", json.dumps(given)), code)


def _tags() -> dict[str, str]:
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    return {**shared["slipway_tags"], "reviewed": "yes"}


def main() -> None:
    """Record one life.

    Raises:
        SystemExit: runs did not end as they should, so that not everything was recorded.
    """
    life, file = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        os.environ["SLIPWAY_REHEARSAL_DIR"] = name
        (Path(name) / "logs").mkdir()
        with cli.running_cloud(TIME_SCALE, more=["--record"]) as variables:
            lived = Lifecycle(Environment("dev", variables, Path(name) / "logs"), Path(name), life)()
            faults = [fault for step, told in lived if (fault := _recorded(step, told, life, file))]
    if faults:
        sys.exit("\n".join(faults))


def _recorded(step: Step, told: Outcome, life: str, file: Path) -> str:
    """Write what was needed so far; return what is wrong with how a run ended."""
    sys.stdout.write(f"{time.strftime('%X')} {told.code} {' '.join(step.arguments)}\n")
    sys.stdout.flush()
    file.write_text(json.dumps({"life": life, "needs": cli.order("gate.needed")}, indent=1), encoding="utf-8")
    if told.code == step.code:
        return ""
    return f"{' '.join(step.arguments)} ended with {told.code} instead of {step.code}:\n{told.output[-3000:]}"


if __name__ == "__main__":
    main()
