"""CloudWatch dashboards: their tags, which moto does not know."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation

PLACE = ":dashboard/"


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:cloudwatch::{call.account}{PLACE}{name}"


@before("cloudwatch", "PutDashboard")
def keep_tags(call: Call) -> None:
    """Keep the tags of a new dashboard; those of an old one are left alone."""
    cloudwatch, name = call.backend(), call.params["DashboardName"]
    if name not in cloudwatch.dashboards:
        cloudwatch.tagger.tag_resource(_arn(call, name), call.params.get("Tags", []))


@before("cloudwatch", "DeleteDashboards")
def forget_tags(call: Call) -> None:
    """Forget them with the dashboard, which moto leaves to us."""
    for name in call.params["DashboardNames"]:
        call.backend().tagger.delete_all_tags_for_resource(_arn(call, name))


@operation("cloudwatch", "TagResource")
def tag(call: Call) -> dict[str, Any] | None:
    """Tag a dashboard; alarms are moto's."""
    arn = call.params["ResourceARN"]
    if PLACE not in arn:
        return None
    if arn.partition(PLACE)[2] not in call.backend().dashboards:
        raise Refused("ResourceNotFoundException", f"Dashboard {arn} does not exist", 404)
    call.backend().tagger.tag_resource(arn, call.params["Tags"])
    return {}
