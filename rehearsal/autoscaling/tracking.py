"""The alarms that AWS makes for a target tracking policy of an ECS service.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html

More than three minutes above the target, or fifteen below nine tenths of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

HIGH, LOW = "AlarmHigh", "AlarmLow"
PERIODS = {HIGH: 3, LOW: 15}
#: Share of the target below which there is too much.
BELOW = 0.9
USED = {"ECSServiceAverageCPUUtilization": "CPUUtilization", "ECSServiceAverageMemoryUtilization": "MemoryUtilization"}
REQUESTS = "ALBRequestCountPerTarget"


def alarms(policy: Any, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return parameters of PutMetricAlarm by kind.

    Args:
        policy: moto's.
        names: of the alarms there are already, by kind.
    """
    configuration = policy.target_tracking_scaling_policy_configuration
    target = float(configuration["TargetValue"])
    kinds = {HIGH: ("GreaterThanThreshold", target), LOW: ("LessThanThreshold", round(target * BELOW, 6))}
    if configuration.get("DisableScaleIn"):
        del kinds[LOW]
    return {
        kind: {
            "AlarmName": names.get(kind) or f"TargetTracking-{policy.resource_id}-{kind}-{uuid.uuid4()}",
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
            "ActionsEnabled": True,
            "AlarmActions": [policy.policy_arn],
            "ComparisonOperator": comparison,
            "Threshold": threshold,
            "EvaluationPeriods": PERIODS[kind],
            **_metric(policy.resource_id, configuration),
        }
        for kind, (comparison, threshold) in kinds.items()
    }


def _metric(resource_id: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    own = configuration.get("CustomizedMetricSpecification")
    if own and own.get("Metrics"):
        return {"Metrics": [_query(one) for one in own["Metrics"]]}
    if own:
        names = ("Namespace", "MetricName", "Dimensions", "Statistic", "Unit")
        return {"Period": 60, **{name: own[name] for name in names if name in own}}
    given = configuration["PredefinedMetricSpecification"]
    kind = given["PredefinedMetricType"]
    if kind == REQUESTS:
        group = given["ResourceLabel"][given["ResourceLabel"].index("targetgroup/") :]
        dimensions = {"TargetGroup": group}
        return _plain("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", dimensions)
    _, cluster, service = resource_id.split("/")
    return _plain("AWS/ECS", USED[kind], "Average", {"ClusterName": cluster, "ServiceName": service})


def _plain(namespace: str, name: str, statistic: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": statistic,
        "Period": 60,
        "Dimensions": pairs,
    }


def _query(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query of an alarm; that of a policy has no period, since it is a minute."""
    if "MetricStat" not in given:
        return dict(given)
    return {**given, "MetricStat": {**given["MetricStat"], "Period": 60}}
