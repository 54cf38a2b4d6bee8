"""DescribeScalingActivities, which moto has not."""

from __future__ import annotations

from typing import Any

from rehearsal.autoscaling.activities import told
from rehearsal.control.overlay import Call, operation

MOST = 50


@operation("application-autoscaling", "DescribeScalingActivities")
def describe_activities(call: Call) -> dict[str, Any]:
    """Tell what was done, the newest first."""
    params = call.params
    wanted = {name: params[name] for name in ("ResourceId", "ScalableDimension") if name in params}
    found = [
        one
        for one in list(told(call.world, call.region))
        if one["ServiceNamespace"] == params["ServiceNamespace"]
        and all(one[name] == value for name, value in wanted.items())
    ]
    start, most = int(params.get("NextToken", 0)), int(params.get("MaxResults", MOST))
    more = {"NextToken": str(start + most)} if start + most < len(found) else {}
    return {"ScalingActivities": found[start : start + most], **more}
