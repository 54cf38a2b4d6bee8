"""What tests of releases do and look at: playbooks, weights, tasks and records of the service ``web``."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

from rehearsal import cli
from tests.e2e.environment import Environment, Outcome

REPOSITORY = "slipway-dev/web"
TABLE = "slipway-dev-leases"
#: Real seconds: a lease of some virtual minutes, a busy machine, and the switch.
PATIENCE = 90


def push(*tags: str) -> None:
    """Push versions of the reference service, as a build pipeline would."""
    for tag in tags:
        cli.order("tasks.push", image=f"web:{tag}", repository=REPOSITORY, region="us-east-1")


def release(dev: Environment, tag: str, *arguments: str, expect: int | None = 0) -> Outcome:
    """Release a version and wait for the end."""
    return dev.playbook(
        "playbooks/release.yml", "-e", "service=web", "-e", f"image_tag={tag}", *arguments, expect=expect
    )


def weights(dev: Environment) -> dict[str, int]:
    """Return the weights of the service's rule by colour."""
    client = dev.client("elbv2")
    arn = dev.client("ssm").get_parameter(Name="/slipway/dev/web/https_rule_arn")["Parameter"]["Value"]
    actions = client.describe_rules(RuleArns=[arn])["Rules"][0]["Actions"]
    groups = {group["TargetGroupArn"]: group["Weight"] for group in actions[-1]["ForwardConfig"]["TargetGroups"]}
    names = client.describe_target_groups(TargetGroupArns=list(groups))["TargetGroups"]
    return {one["TargetGroupName"].rsplit("-", 1)[-1]: groups[one["TargetGroupArn"]] for one in names}


def running(dev: Environment) -> dict[str, int]:
    """Return how many tasks each side wants."""
    services = dev.client("ecs").describe_services(
        cluster="slipway-dev", services=["slipway-dev-web-blue", "slipway-dev-web-green"]
    )["services"]
    return {one["serviceName"].rsplit("-", 1)[-1]: one["desiredCount"] for one in services}


def item(dev: Environment, key: str) -> dict[str, Any]:
    """Return an item of the lease table, as DynamoDB has it."""
    found: dict[str, Any] = dev.client("dynamodb").get_item(TableName=TABLE, Key={"id": {"S": key}}).get("Item", {})
    return found


def record(dev: Environment) -> dict[str, Any]:
    """Return the record of the service's last release."""
    return item(dev, "services/web")


def version(dev: Environment) -> str:
    """Return the stable version."""
    return str(record(dev)["image_tag"]["S"])


def runs(environment: Environment) -> dict[str, str]:
    """Return the tag and digest that an environment's record has."""
    table, key = f"slipway-{environment.name}-leases", {"id": {"S": "services/web"}}
    item = environment.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    return {name: str(item[name]["S"]) for name in ("image_tag", "digest")}


def stands_on_one_side(dev: Environment) -> None:
    """Assert that record, weights and tasks agree on which side is stable, and that nothing is left of the other."""
    stable = record(dev)["stable"]["S"]
    idle = {"blue": "green", "green": "blue"}[stable]
    assert weights(dev) == {stable: 999, idle: 0}
    assert running(dev) == {stable: 2, idle: 0}


def begun(dev: Environment, tag: str, *arguments: str) -> subprocess.Popen[str]:
    """Begin a release; its output is to be read from the pipe."""
    asked = ("playbooks/release.yml", "-e", "service=web", "-e", f"image_tag={tag}", *arguments)
    return dev.begin(*asked, stdout=subprocess.PIPE)


def another_version(dev: Environment) -> str:
    """Return a good version that is not the stable one."""
    return "1.2.0" if version(dev) == "1.1.0" else "1.1.0"


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fail the test when it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not after {PATIENCE} s: {what}"
        time.sleep(0.5)
