"""Every control that applies is met, or has a written reason; the report says so and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.controls.holds import HOLDS
from tests.e2e.environment import ROOT, Environment, quiet, writes
from tools.exceptions import exceptions

PLAYBOOK = "playbooks/security_report.yml"
ACCOUNT = "account_"
NOTHING = "nothing there"
#: What a database that is an hour old does not have yet, and what the inventories leave out: deployers, services that
#: CodeDeploy deploys, Prometheus and an API.
ABSENT = {
    "APIGateway.1", "APIGateway.2", "APIGateway.3", "APIGateway.4", "APIGateway.5", "APIGateway.8", "APIGateway.9",
    "Backup.1", "Backup.2", "ECS.16", "EFS.1", "EFS.2", "EFS.3", "EFS.4", "EFS.6", "KMS.1", "identity.boundary",
}  # fmt: skip
#: What only an environment with guardrails has.
GUARDED = {"CloudTrail.6", "CloudTrail.7"}


def path(environment: Environment, kind: str) -> Path:
    return ROOT / "reports" / "security" / f"{environment.name}.{kind}"


def report(environment: Environment) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path(environment, "json").read_text(encoding="utf-8"))
    return rows


def reasons(environment: Environment) -> set[str]:
    """Return why controls of what there is are not met; the account's depend on others, and no boundary is made."""
    ours = [one for one in exceptions() if environment.name in one["environments"] and one["control"] not in ABSENT]
    looked_at = [one for one in ours if one["control"] in HOLDS and not one["resource"].endswith("-boundary")]
    return {one["reason"] for one in looked_at if not one["resource"].startswith(ACCOUNT)}


def test_no_control_is_unmet_without_a_reason(unlike: Environment) -> None:
    quiet()
    before = writes()
    unlike.playbook(PLAYBOOK)
    assert writes() == before
    rows = report(unlike)
    others = {row["control"]: row["state"] for row in rows if row["state"] not in {"passed", "excepted"}}
    assert others == dict.fromkeys(ABSENT | (set() if unlike.name == "prod" else GUARDED), NOTHING)
    assert sum(row["state"] == "passed" for row in rows) > 100
    excepted = [row for row in rows if row["state"] == "excepted"]
    assert {row["reason"] for row in excepted if not row["resource"].startswith(ACCOUNT)} == reasons(unlike)
    page = path(unlike, "html").read_text(encoding="utf-8")
    assert page.count("<tr>") == len(rows) + 1


@pytest.fixture
def public_topic(unlike: Environment) -> Iterator[str]:
    """Let anybody publish to the environment's topic for a while; give its name."""
    sns, name = unlike.client("sns"), f"slipway-{unlike.name}-notifications"
    (topic,) = [one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith(name)]
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    wide = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=wide)
    yield name
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def test_a_control_that_is_broken_is_told(unlike: Environment, public_topic: str) -> None:
    told = unlike.playbook(PLAYBOOK, expect=2).output
    assert f"SNS.4 topic/{public_topic}" in " ".join(told.split())
