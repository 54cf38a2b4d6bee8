"""Every control that applies is met, or has a written reason; the report says so and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.environment import ROOT, Environment, quiet, writes

NOT_BUILT = "not built yet"


def report(environment: Environment) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path(environment, "json").read_text(encoding="utf-8"))
    return rows


def path(environment: Environment, kind: str) -> Path:
    return ROOT / "reports" / "security" / f"{environment.name}.{kind}"


def test_no_control_is_unmet_without_a_reason(standing: Environment) -> None:
    quiet()
    before = writes()
    standing.playbook("playbooks/security_report.yml")
    assert writes() == before
    rows = report(standing)
    assert {row["state"] for row in rows} <= {"passed", "excepted", NOT_BUILT}
    assert sum(row["state"] == "passed" for row in rows) > 100
    assert all(row["reason"] for row in rows if row["state"] == "excepted")
    page = path(standing, "html").read_text(encoding="utf-8")
    assert page.count("<tr>") == len(rows) + 1


def test_a_control_that_is_broken_is_told(standing: Environment) -> None:
    topic = next(
        one["TopicArn"]
        for one in standing.client("sns").list_topics()["Topics"]
        if one["TopicArn"].endswith(f"slipway-{standing.name}-notifications")
    )
    sns = standing.client("sns")
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    wide = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}],
    }
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(wide))
    told = standing.playbook("playbooks/security_report.yml", expect=2).output
    assert f"SNS.4 topic/slipway-{standing.name}-notifications" in " ".join(told.split())
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
