"""Failure modes of releases by weights that need an environment; docs/releases.md says where the others are tried."""

from __future__ import annotations

import json
import time

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet
from tests.e2e.releases import another_version, push, release, stands_on_one_side, version

SHORT = {"release_steps": [50, 100], "release_bake_minutes": 2, "release_unclear": "promote", "retry": True}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    push("1.1.0", "1.2.0")
    quiet()
    return environment


def test_polls_that_are_throttled_are_made_again(dev: Environment) -> None:
    """ECS misses an alarm then, CodeDeploy stops; a release asks again."""
    wanted = another_version(dev)
    with Load(dev.url, dev.variables) as load:
        for service in ("cloudwatch", "elbv2", "dynamodb"):
            cli.order("fault", kind="throttle", service=service, rate=0.2)
        try:
            release(dev, wanted, "-e", json.dumps(SHORT))
        finally:
            cli.order("clear")
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)


def test_no_request_at_all_is_no_lost_metric(dev: Environment) -> None:
    """A load balancer tells nothing of requests that there are not; what becomes of the release is declared."""
    wanted = another_version(dev)
    with Load(dev.url, dev.variables) as load:  # the hour before has requests
        time.sleep(3)
    idle = {
        **SHORT,
        "release_steps": [100],
        "release_bake_minutes": 8,
        "release_extend_minutes": 0,
        "service_smoke": [],
    }
    told = release(dev, wanted, "-e", json.dumps(idle)).output
    assert load.requests > 0
    assert "metrics lost" not in told
    assert "too little evidence" in told
    assert version(dev) == wanted
    stands_on_one_side(dev)


def test_healthy_is_not_right(dev: Environment) -> None:
    """A version that passes its health checks and answers otherwise than declared gets no request of a user."""
    before = version(dev)
    smoke = {"service_smoke": [{"method": "GET", "path": "/version", "status": 418}], **SHORT}
    with Load(dev.url, dev.variables) as load:
        told = release(dev, another_version(dev), "-e", json.dumps(smoke), expect=2).output
    assert load.failures == []
    assert "does not answer as declared on the test listener" in " ".join(told.split())
    assert "step 1 of" not in told
    assert version(dev) == before
    stands_on_one_side(dev)


def test_sessions_that_stick_longer_than_a_step(dev: Environment) -> None:
    """Weights mean nothing while cookies decide; so the release does not begin."""
    elb = dev.client("elbv2")
    arn = dev.client("ssm").get_parameter(Name="/slipway/dev/web/https_rule_arn")["Parameter"]["Value"]
    actions = elb.describe_rules(RuleArns=[arn])["Rules"][0]["Actions"]
    forward = actions[-1]["ForwardConfig"]
    actions[-1].pop("TargetGroupArn", None)
    kept = dict(forward.get("TargetGroupStickinessConfig", {"Enabled": False}))
    forward["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 3600}
    elb.modify_rule(RuleArn=arn, Actions=actions)
    told = release(dev, another_version(dev), "-e", json.dumps(SHORT), expect=2).output
    forward["TargetGroupStickinessConfig"] = kept
    elb.modify_rule(RuleArn=arn, Actions=actions)
    assert "keeps sessions on their version for 3600 s" in " ".join(told.split())
    stands_on_one_side(dev)
