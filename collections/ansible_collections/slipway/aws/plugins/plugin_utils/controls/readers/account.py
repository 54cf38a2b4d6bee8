"""What controls look at of the account and region as a whole, whoever set it up. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name, unless

#: Codes that say that a thing is switched off or was never set.
OFF = frozenset(
    {"InvalidAccessException", "NoSuchEntity", "NoSuchPublicAccessBlockConfiguration", "ResourceNotFoundException"}
)


def account_buckets(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield what the account's buckets may not make public."""
    del outputs
    account = cloud.identity()["account"]
    answer = unless(OFF, lambda: cloud.read("s3control", "get_public_access_block", AccountId=account))
    yield "all", {"Block": answer.get("PublicAccessBlockConfiguration", {})}


def account_disks(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield whether new disks are encrypted."""
    del outputs
    yield "all", cloud.read("ec2", "get_ebs_encryption_by_default")


def account_network(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield whether the account's networks are cut off from the internet."""
    del outputs
    yield "all", cloud.read("ec2", "describe_vpc_block_public_access_options")["VpcBlockPublicAccessOptions"]


def account_contact(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield whom AWS tells of a security matter."""
    del outputs
    yield "all", unless(OFF, lambda: cloud.read("account", "get_alternate_contact", AlternateContactType="SECURITY"))


def account_trail(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the trails of all regions that record, together."""
    del outputs
    yield "all", {"Trails": trails(cloud)}


def account_calls(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the patterns that ring on what trails write into their log groups."""
    del outputs
    alarms = cloud.pages("cloudwatch", "describe_alarms", "MetricAlarms")
    rings = {(one.get("Namespace"), one.get("MetricName")) for one in alarms if one.get("AlarmActions")}
    groups = {str(one["CloudWatchLogsLogGroupArn"]).split(":")[6] for one in trails(cloud) if _tells(one)}
    filters = [one for group in sorted(groups) for one in _filters(cloud, group)]
    yield "all", {"Patterns": ["".join(one["filterPattern"].split()) for one in filters if rings & _metrics(one)]}


def account_recorder(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the recorders of Config that record."""
    del outputs
    listed = cloud.pages("config", "describe_configuration_recorder_status", "ConfigurationRecordersStatus")
    yield "all", {"Recording": [one["name"] for one in listed if one.get("recording")]}


def account_detector(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield GuardDuty's detector with the names of what is on."""
    del outputs
    numbers = cloud.pages("guardduty", "list_detectors", "DetectorIds")
    found = cloud.read("guardduty", "get_detector", DetectorId=numbers[0]) if numbers else {}
    features = [*found.get("Features", []), *(more for one in found.get("Features", []) for more in _more(one))]
    yield (
        "all",
        {"On": found.get("Status"), "Features": [one["Name"] for one in features if one["Status"] == "ENABLED"]},
    )


def account_hub(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the standards of Security Hub."""
    del outputs
    answer = unless(OFF, lambda: cloud.read("securityhub", "get_enabled_standards"))
    yield "all", {"Standards": [one["StandardsArn"] for one in answer.get("StandardsSubscriptions", [])]}


def account_scans(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield what Inspector scans."""
    del outputs
    account = cloud.identity()["account"]
    found = cloud.read("inspector2", "batch_get_account_status", accountIds=[account])["accounts"]
    states = found[0]["resourceState"] if found else {}
    yield "all", {"Scanned": [name for name, one in states.items() if one["status"] in ("ENABLED", "ENABLING")]}


def account_analyzer(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the types of Access Analyzer's analyzers."""
    del outputs
    listed = cloud.pages("accessanalyzer", "list_analyzers", "analyzers")
    yield "all", {"Types": [one["type"] for one in listed if one.get("status", "ACTIVE") == "ACTIVE"]}


def account_passwords(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield what passwords of IAM users must be like."""
    del outputs
    answer = unless(OFF, lambda: cloud.read("iam", "get_account_password_policy"))
    yield "all", {"Policy": answer.get("PasswordPolicy", {})}


def trails(cloud: Cloud) -> list[Data]:
    """Return the trails of all regions that record, read once."""
    found: list[Data] = cloud.cached("trails", lambda: _recording(cloud))
    return found


def _recording(cloud: Cloud) -> list[Data]:
    listed = cloud.pages("cloudtrail", "describe_trails", "trailList", includeShadowTrails=True)
    wide = [one for one in listed if one.get("IsMultiRegionTrail")]
    return [one for one in wide if cloud.read("cloudtrail", "get_trail_status", Name=one["TrailARN"])["IsLogging"]]


def _tells(trail: Mapping[str, Any]) -> bool:
    return bool(trail.get("CloudWatchLogsLogGroupArn"))


def _filters(cloud: Cloud, group: str) -> list[Data]:
    return cloud.pages("logs", "describe_metric_filters", "metricFilters", logGroupName=group)


def _metrics(one: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(each["metricNamespace"], each["metricName"]) for each in one["metricTransformations"]}


def _more(feature: Mapping[str, Any]) -> list[Data]:
    return list(feature.get("AdditionalConfiguration") or [])


ACCOUNT = by_name(
    account_buckets, account_disks, account_network, account_contact, account_trail, account_calls, account_recorder,
    account_detector, account_hub, account_scans, account_analyzer, account_passwords,
)  # fmt: skip
