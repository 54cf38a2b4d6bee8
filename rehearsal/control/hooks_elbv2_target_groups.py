"""ELBv2: a target group names the load balancer that it belongs to once, however many listeners forward to it."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after


@after("elbv2", "DescribeTargetGroups")
def name_each_once(_call: Call, response: dict[str, Any]) -> None:
    """Leave out what moto repeats for each listener and rule."""
    for group in response["TargetGroups"]:
        group["LoadBalancerArns"] = list(dict.fromkeys(group["LoadBalancerArns"]))
