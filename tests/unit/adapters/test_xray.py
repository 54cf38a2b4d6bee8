from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

GROUP: dict[str, Any] = {
    "type": "xray_group",
    "name": "slow",
    "properties": {
        "GroupName": "test-slow",
        "FilterExpression": 'service("web") AND responsetime > 1',
        "InsightsConfiguration": {"InsightsEnabled": True, "NotificationsEnabled": False},
    },
}
RULE: dict[str, Any] = {
    "type": "xray_sampling_rule",
    "name": "web",
    "properties": {"RuleName": "test-web", "Priority": 100, "FixedRate": 0.1, "ReservoirSize": 1, "ServiceName": "web"},
}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has neither."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge([GROUP, RULE], absent=True)


def test_both_live(converge: Converge) -> None:
    converge.lives([GROUP, RULE])


def drift_of_tags(client: Callable[[str], Any], arn: str) -> None:
    client("xray").tag_resource(ResourceARN=arn, Tags=[{"Key": "foreign", "Value": "x"}])


def test_a_group_is_mended(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        off = {"InsightsEnabled": False, "NotificationsEnabled": False}
        client("xray").update_group(GroupName="test-slow", FilterExpression="fault", InsightsConfiguration=off)
        drift_of_tags(client, run.state("xray_group.slow")["GroupARN"])

    converge.mends([GROUP], drift, {"xray_group.slow": {"FilterExpression", "InsightsConfiguration", "Tags"}})


@pytest.mark.parametrize(
    ("name", "value"),
    [("FixedRate", 0.9), ("Priority", 7), ("ServiceName", "*"), ("URLPath", "/a"), ("ReservoirSize", 9)],
)
def test_a_rule_is_mended(converge: Converge, client: Callable[[str], Any], name: str, value: Any) -> None:
    def drift(run: Run) -> None:
        client("xray").update_sampling_rule(SamplingRuleUpdate={"RuleName": "test-web", name: value})
        drift_of_tags(client, run.state("xray_sampling_rule.web")["RuleARN"])

    converge.mends([RULE], drift, {"xray_sampling_rule.web": {name, "Tags"}})


def test_what_is_wrong_is_refused(converge: Converge) -> None:
    wrong = {**GROUP, "properties": {**GROUP["properties"], "FilterExpression": "service is slow"}}
    assert "filter expression" in converge([wrong], fails=True).failures[0]
    wrong = {**RULE, "properties": {**RULE["properties"], "FixedRate": 7}}
    assert "FixedRate" in converge([wrong], fails=True).failures[0]
