"""A run that lacks a right names it, and where to add it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import cli
from tests.unit.adapters.converging import Converge

TOPIC = {"type": "sns_topic", "name": "alarms", "properties": {"Name": "slipway-dev-alarms"}}
ARN = "arn:aws:sns:us-east-1:123456789012:slipway-dev-alarms"


@pytest.fixture
def lacking(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let the caller of a local cloud look at topics, and make none."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)
    statement = {"Effect": "Allow", "Action": ["sns:GetTopicAttributes", "sts:GetCallerIdentity"], "Resource": ["*"]}
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"Statement": [statement]}), encoding="utf-8")
    cli.order("gate.follow", policy=[str(policy)])
    yield
    cli.order("gate.follow", policy=None)


@pytest.mark.usefixtures("lacking")
def test_the_right_and_its_place_are_named() -> None:
    run = Converge()([TOPIC], fails=True)
    assert run.actions == {"sns_topic.alarms": "failed"}
    told = run.outcomes["sns_topic.alarms"].message
    assert f"lacks sns:CreateTopic on {ARN}" in told or f"lacks sns:TagResource on {ARN}" in told
    assert "deployer_more_statements" in told
    assert "deployer.yml" in told
