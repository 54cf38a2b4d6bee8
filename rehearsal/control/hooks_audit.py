"""CloudTrail and Config: where they deliver to must let them, which moto does not ask; what trails record."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.control.policies import Statement, listed, statements
from rehearsal.control.young import assumable, seen


@before("cloudtrail", "CreateTrail", "UpdateTrail")
def check_trail(call: Call) -> None:
    """Refuse a bucket that is not there or does not let CloudTrail write."""
    name = call.params.get("S3BucketName")
    if name and name not in call.world.backend("s3", "aws").buckets:
        raise Refused("S3BucketDoesNotExistException", f"S3 bucket {name} does not exist!")
    if name and not _lets_write(call, name, "cloudtrail.amazonaws.com"):
        raise Refused(
            "InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {name}"
        )


@before("cloudtrail", "CreateTrail", "UpdateTrail")
def check_role(call: Call) -> None:
    """Refuse a role by which CloudTrail cannot write into a log group, or that it does not see yet."""
    arn = call.params.get("CloudWatchLogsRoleArn")
    if arn and not assumable(call, arn, "cloudtrail.amazonaws.com"):
        text = "Access denied. Check the trust relationships for your role."
        raise Refused("InvalidCloudWatchLogsRoleArnException", text)


@before("config", "PutDeliveryChannel")
def check_channel(call: Call) -> None:
    """Refuse a bucket that is not there or does not let Config write."""
    name = call.params["DeliveryChannel"]["s3BucketName"]
    if name not in call.world.backend("s3", "aws").buckets:
        raise Refused("NoSuchBucketException", f"Cannot find a S3 bucket with an empty bucket name {name}.")
    if not (seen(call, name) and _lets_write(call, name, "config.amazonaws.com")):
        text = f"Insufficient delivery policy to s3 bucket: {name}, unable to write to bucket"
        raise Refused("InsufficientDeliveryPolicyException", text)


#: What a trail records unless it is told otherwise.
#: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
MANAGEMENT: dict[str, Any] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


@operation("cloudtrail", "GetEventSelectors")
def show_selectors(call: Call) -> dict[str, Any] | None:
    """Return what a trail records: management events where nothing else was said; by its ARN in other regions too."""
    for trail in call.backend().describe_trails(include_shadow_trails=True):
        names = {trail.arn, trail.trail_name} if trail.region_name == call.region else {trail.arn}
        if call.params["TrailName"] in names:
            own, advanced = trail.get_event_selectors()
            shown = own if own or advanced else [dict(MANAGEMENT)]
            return {"TrailARN": trail.arn, "EventSelectors": shown, "AdvancedEventSelectors": advanced}
    return None


@after("cloudtrail", "GetTrailStatus")
def show_delivery(call: Call, response: dict[str, Any]) -> None:
    """Show that what is recorded is written into the trail's log group too."""
    name = call.params["Name"]
    for trail in call.backend().describe_trails(include_shadow_trails=True):
        if name in {trail.trail_name, trail.arn} and trail.cw_log_group_arn and "LatestDeliveryTime" in response:
            response["LatestCloudWatchLogsDeliveryTime"] = response["LatestDeliveryTime"]


def _lets_write(call: Call, name: str, service: str) -> bool:
    found = statements(call.world.backend("s3", "aws").buckets[name].policy or "{}")
    return any(one["Effect"] == "Allow" and service in _services(one) for one in found)


def _services(statement: Statement) -> list[Any]:
    principal = statement.get("Principal")
    writes = "s3:PutObject" in listed(statement.get("Action"))
    return listed(principal.get("Service")) if writes and isinstance(principal, dict) else []
