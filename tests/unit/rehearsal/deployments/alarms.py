"""An alarm whose state the tests set."""

from __future__ import annotations

from tests.unit.rehearsal.deployments.shop import Shop


def set_alarm(shop: Shop, name: str, state: str) -> None:
    """Put an alarm and give it a state; nothing evaluates it."""
    shop.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Shop",
        MetricName=name,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    shop.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test says so")
