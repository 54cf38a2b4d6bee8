from __future__ import annotations

import pytest

from ansible_collections.slipway.aws.plugins.filter.audit import audit_alarms

WATCHED = {
    "group": "calls",
    "prefix": "slipway-prod",
    "namespace": "slipway/prod/calls",
    "topics": ["arn:topic"],
    "runbook": "r/calls.md",
}


def test_each_name_is_counted_and_rings() -> None:
    counted, alarm = audit_alarms(["key_deletion"], {"key_deletion": "{a}", "root": "{b}"}, WATCHED)
    assert counted["properties"] == {
        "logGroupName": "calls",
        "filterName": "slipway-prod-key-deletion",
        "filterPattern": "{a}",
        "metricTransformations": [
            {"metricName": "key_deletion", "metricNamespace": "slipway/prod/calls", "metricValue": "1"}
        ],
    }
    properties = alarm["properties"]
    assert properties["AlarmDescription"].endswith(". Runbook: r/calls.md")
    assert (properties["Namespace"], properties["MetricName"]) == ("slipway/prod/calls", "key_deletion")
    assert (properties["AlarmName"], properties["AlarmActions"]) == ("slipway-prod-calls-key-deletion", ["arn:topic"])
    assert (properties["Statistic"], properties["Threshold"], properties["TreatMissingData"]) == (
        "Sum",
        1,
        "notBreaching",
    )


def test_a_name_without_a_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="audit_alarms: roots is none of root"):
        audit_alarms(["roots"], {"root": "{b}"}, WATCHED)
