"""Releases under load: a good version drops no request, a bad one goes back by itself, no death hurts a user."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment, Outcome, quiet
from tests.e2e.leaks import expect_none_written, secrets_of

REPOSITORY = "slipway-dev/web"
#: Writes of a canary at which its run is killed: while tasks start, at a shift, in a bake, at the promotion.
KILL_POINTS = (4, 9, 14, 30)


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    for tag in ("1.1.0", "1.2.0", "1.2.0-errors", "1.2.0-slow", "1.2.0-unhealthy", "1.2.0-crash-start"):
        cli.order("tasks.push", image=f"web:{tag}", repository=REPOSITORY, region="us-east-1")
    return environment


def release(dev: Environment, tag: str, *arguments: str, expect: int | None = 0) -> Outcome:
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


def record(dev: Environment) -> dict[str, Any]:
    key = {"id": {"S": "services/web"}}
    item: dict[str, Any] = dev.client("dynamodb").get_item(TableName="slipway-dev-leases", Key=key)["Item"]
    return item


def version(dev: Environment) -> str:
    return str(record(dev)["image_tag"]["S"])


def stands_on_one_side(dev: Environment) -> None:
    """The record, the weights and the tasks agree on which side is stable, and nothing is left of the other."""
    stable = record(dev)["stable"]["S"]
    idle = {"blue": "green", "green": "blue"}[stable]
    assert weights(dev) == {stable: 999, idle: 0}
    assert running(dev) == {stable: 2, idle: 0}


def test_a_good_version_gets_everything_and_no_request_fails(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.1.0", "-vvv").output
    assert load.failures == []
    assert load.read > 500
    for share in ("10 %", "50 %", "95 %"):
        assert f"{share} to 1.1.0" in told
    assert version(dev) == "1.1.0"
    stands_on_one_side(dev)


def test_a_release_tells_no_secret(dev: Environment, logs: Path) -> None:
    expect_none_written(secrets_of(dev), logs)


def test_site_in_between_changes_nothing_of_it(dev: Environment) -> None:
    assert dev.playbook("site.yml").changed == {}
    assert "release pending" in dev.playbook("playbooks/services.yml").output
    assert version(dev) == "1.1.0"


def test_a_version_that_fails_requests_goes_back(dev: Environment) -> None:
    smokeless = ("-e", json.dumps({"service_smoke": [], "release_bake_minutes": 60, "release_unclear": "rollback"}))
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.2.0-errors", *smokeless, expect=2).output
    assert re.search(r"errors [\d.]+ % of .* against|error-share is ringing", " ".join(told.split()))
    assert 0 < len(load.failures) < load.requests / 30
    assert all("500" in failure for failure in load.failures)
    assert version(dev) == "1.1.0"
    stands_on_one_side(dev)
    refused = release(dev, "1.2.0-errors", expect=2).output
    assert "was rolled back" in " ".join(refused.split())
    assert "retry=true" in refused


@pytest.mark.parametrize("bad", ["1.2.0-unhealthy", "1.2.0-crash-start"])
def test_a_version_that_does_not_start_gets_no_request(bad: str, dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, bad, expect=2).output
    assert load.failures == []
    assert "step 1 of" not in told
    stands_on_one_side(dev)


def test_a_slow_version_goes_back(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.2.0-slow", expect=2).output
    assert load.failures == []
    assert re.search(r"slow [\d.]+ % of .* against", " ".join(told.split()))
    stands_on_one_side(dev)


@pytest.mark.parametrize("writes", KILL_POINTS)
def test_killed_in_the_middle_the_next_run_goes_on(writes: int, dev: Environment) -> None:
    wanted = "1.2.0" if version(dev) == "1.1.0" else "1.1.0"
    command = dev.command("playbooks/release.yml", "-e", "service=web", "-e", f"image_tag={wanted}")
    with Load(dev.url, dev.variables) as load:
        run = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dev.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        cli.order("fault", kind="kill-after-write", writes=writes, pid=run.pid, group=True)
        code = run.wait(timeout=180)
        cli.order("clear")
        assert code == -9, f"the release has fewer writes than {writes}"
        release(dev, wanted)
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)


def test_another_run_is_refused_and_an_abort_takes_everything_back(dev: Environment) -> None:
    before = version(dev)
    wanted = "1.2.0" if before == "1.1.0" else "1.1.0"
    arguments = ("-e", "service=web", "-e", f"image_tag={wanted}", "-e", "release_bake_minutes=60")
    command = dev.command("playbooks/release.yml", *arguments)
    with Load(dev.url, dev.variables) as load:
        run = subprocess.Popen(command, cwd=ROOT, env=dev.variables, stdout=subprocess.PIPE, text=True)
        for line in run.stdout or ():
            if "step 1/3" in line:
                break
        assert "is being changed by" in release(dev, "1.1.0", expect=2).output
        dev.playbook("playbooks/abort.yml", "-e", "service=web")
        told = "".join(run.stdout or ())
        assert run.wait(timeout=60) == 2
    assert "asked for it" in told
    assert load.failures == []
    assert version(dev) == before
    stands_on_one_side(dev)


def test_back_to_the_version_before(dev: Environment) -> None:
    quiet()
    with Load(dev.url, dev.variables) as load:
        dev.playbook("playbooks/rollback.yml", "-e", "service=web")
    assert load.failures == []
    stands_on_one_side(dev)


def test_weights_that_somebody_else_changed_are_left_alone(dev: Environment) -> None:
    client = dev.client("elbv2")
    arn = dev.client("ssm").get_parameter(Name="/slipway/dev/web/https_rule_arn")["Parameter"]["Value"]
    actions = client.describe_rules(RuleArns=[arn])["Rules"][0]["Actions"]
    groups = actions[-1]["ForwardConfig"]["TargetGroups"]
    kept = [dict(group) for group in groups]
    groups[0]["Weight"], groups[1]["Weight"] = 500, 500
    actions[-1].pop("TargetGroupArn", None)
    client.modify_rule(RuleArn=arn, Actions=actions)
    told = release(dev, "1.2.0" if version(dev) == "1.1.0" else "1.1.0", expect=2).output
    assert "but the weights are" in " ".join(told.split())
    assert set(weights(dev).values()) == {500}
    actions[-1]["ForwardConfig"]["TargetGroups"] = kept
    client.modify_rule(RuleArn=arn, Actions=actions)


def test_a_service_that_there_is_not(dev: Environment) -> None:
    told = dev.playbook("playbooks/release.yml", "-e", "service=wbe", "-e", "image_tag=1.1.0", expect=2).output
    assert "service is wbe" in told
    assert "allowed are web" in " ".join(told.split())
    assert "not set" in dev.playbook("playbooks/release.yml", expect=2).output
