from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

KEY = "cloudwatch_composite_alarm.web"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
CHILD = {
    "type": "cloudwatch_alarm",
    "name": "errors",
    "properties": {
        "AlarmName": "composite-child",
        "Namespace": "AWS/RDS",
        "MetricName": "CPUUtilization",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 80.0,
        "ComparisonOperator": "GreaterThanThreshold",
    },
}
PROPERTIES: dict[str, Any] = {
    "AlarmName": "composite-web",
    "AlarmRule": 'ALARM("${cloudwatch_alarm.errors.AlarmName}")',
    "AlarmDescription": "Something is wrong",
    "AlarmActions": [TOPIC],
}
COMPOSITE = {"type": "cloudwatch_composite_alarm", "name": "web", "properties": PROPERTIES}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has no composite alarms."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def test_lives(converge: Converge) -> None:
    converge.lives([CHILD, COMPOSITE])
    converge([CHILD, COMPOSITE], absent=True)


DRIFTS: list[dict[str, Any]] = [
    {"AlarmRule": 'OK("composite-child")'},
    {"AlarmActions": []},
    {"OKActions": [TOPIC]},
    {"InsufficientDataActions": [TOPIC]},
    {"AlarmDescription": "other"},
    {"ActionsEnabled": False},
]


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: next(iter(drift)))
def test_mends(converge: Converge, client: Callable[[str], Any], drift: dict[str, Any]) -> None:
    def change(_run: object) -> None:
        put = {**PROPERTIES, "AlarmRule": 'ALARM("composite-child")', **drift}
        client("cloudwatch").put_composite_alarm(**put)

    converge.mends([CHILD, COMPOSITE], change, {KEY: set(drift)})
