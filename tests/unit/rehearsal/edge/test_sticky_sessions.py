"""Sessions that stick: what AWS refuses of them, and how a client that keeps its cookies gets to the other side."""

from itertools import count
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.release.traffic import Rule
from tests.unit.rehearsal.edge.cloud import Target, fixed, forward

NAMES, PORTS = count(), count(8400)
ON = [{"Key": "stickiness.enabled", "Value": "true"}]


@pytest.fixture
def pair(alb):
    return [alb.group(f"sticky-{next(NAMES)}") for _ in range(2)]


def rule(alb, *groups, sticky=None):
    """Return the ARN and the port of a rule with both groups."""
    port = next(PORTS)
    listener = alb.listener(port, fixed("nobody here", "404"))
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    settings = {"ListenerArn": listener, "Priority": 1, "Conditions": [condition]}
    made = alb.elb.create_rule(**settings, Actions=[forward(*groups, sticky=sticky)])
    return made["Rules"][0]["RuleArn"], port


def told(call, **parameters):
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response["Error"]["Code"] == "InvalidConfigurationRequest"
    return str(refused.value)


def test_sessions_do_not_stick_to_targets_behind_a_rule_that_spreads_them(alb, pair):
    arn, _ = rule(alb, (pair[0], 1), (pair[1], 1))
    text = told(alb.elb.modify_target_group_attributes, TargetGroupArn=pair[0], Attributes=ON)
    assert f"appears behind a rule with group stickiness disabled ({arn})" in text


def test_a_rule_does_not_spread_sessions_that_stick_to_targets(alb, pair):
    arn, _ = rule(alb, (pair[0], 1), (pair[1], 1), sticky=60)
    alb.elb.modify_target_group_attributes(TargetGroupArn=pair[0], Attributes=ON)
    spread = [forward((pair[0], 1), (pair[1], 0))]
    assert "enable group stickiness on a rule" in told(alb.elb.modify_rule, RuleArn=arn, Actions=spread)
    alb.elb.modify_rule(RuleArn=arn, Actions=[forward((pair[0], 1))])


def as_seen(alb):
    """Return the cloud as a release has it."""

    def call(_service, operation, **parameters):
        return getattr(alb.elb, operation)(**parameters)

    return SimpleNamespace(read=call, write=call, wait=lambda _seconds: None, clock=SimpleNamespace(showing=int))


def test_a_client_that_keeps_its_cookies_moves_once_sessions_are_let_go(cloud, network, alb, pair):
    old, new = (Target(network, text) for text in ("old", "new"))
    arn, port = rule(alb, (pair[0], 999), (pair[1], 0), sticky=60)
    for group, target in zip(pair, (old, new), strict=True):
        alb.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": target.id, "Port": target.port}])
        alb.await_health(group, "healthy")
    client, one = cloud.http(), Rule(as_seen(alb), arn)
    one.sticks = one.stickiness_config()
    url, moved = f"http://{alb.dns}:{port}/a", {pair[0]: 0, pair[1]: 999}
    try:
        assert client.get(url).text == "old"
        one.write(moved)
        assert {client.get(url).text for _ in range(10)} == {"old"}, "its cookie comes anew with each answer"
        one.write(moved, loose=True)
        assert {client.get(url).text for _ in range(10)} == {"new"}
        assert one.expect(moved) == moved
        client.cookies.clear()  # as those that are not sent anew do after their time
        one.write(moved)
        assert one.stickiness_config() == {"Enabled": True, "DurationSeconds": 60}
        assert client.get(url).text == "new"
    finally:
        old.stop()
        new.stop()
