"""Whether a control of buckets, the table of leases and file systems holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from ._described import Description, Holds, is_public, listed, tagged

#: What no other account may do, https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6
TAKING_OVER = ("DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy", "PutEncryptionConfiguration", "PutObjectAcl")


def refuses_without_tls(policy: Description) -> bool:
    """Say whether a policy denies requests without TLS."""
    wanted = {"Bool": {"aws:SecureTransport": "false"}}
    return any(one["Effect"] == "Deny" and one.get("Condition") == wanted for one in policy["Statement"])


def hands_over(policy: Description) -> bool:
    """Say whether a bucket's policy lets accounts, whichever and however, change who may do what."""
    return any(
        one["Effect"] == "Allow" and {*one.get("Principal", {})} - {"Service"} and _matches(one["Action"], TAKING_OVER)
        for one in policy["Statement"]
    )


def _matches(patterns: str | list[str], actions: Iterable[str]) -> bool:
    names = [f"s3:{action}".lower() for action in actions]
    return any(fnmatchcase(name, pattern.lower()) for name in names for pattern in listed(patterns))


STORAGE: Mapping[str, Holds] = {
    "S3.2": lambda one: not is_public(one["Policy"]) and all(one["Block"].values()),
    "S3.3": lambda one: not is_public(one["Policy"]) and all(one["Block"].values()),
    "S3.5": lambda one: refuses_without_tls(one["Policy"]),
    "S3.6": lambda one: not hands_over(one["Policy"]),
    "S3.8": lambda one: all(one["Block"].values()),
    "S3.9": lambda one: bool(one["Logging"]),
    "S3.10": lambda one: one["Versioning"] != "Enabled" or any(rule["Status"] == "Enabled" for rule in one["Rules"]),
    "S3.12": lambda one: all(rule["ObjectOwnership"] == "BucketOwnerEnforced" for rule in one["Ownership"]),
    "S3.13": lambda one: any(rule["Status"] == "Enabled" for rule in one["Rules"]),
    "S3.14": lambda one: one["Versioning"] == "Enabled",
    "S3.17": lambda one: all(
        rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"].startswith("aws:kms")
        for rule in one["Encryption"]["Rules"]
    ),
    "DynamoDB.1": lambda one: one.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST",
    "DynamoDB.2": lambda one: (
        one["Backups"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    ),
    "DynamoDB.5": tagged,
    "DynamoDB.6": lambda one: bool(one["DeletionProtectionEnabled"]),
    "CloudTrail.6": lambda one: not is_public(one["Policy"]) and all(one["Block"].values()),
    "CloudTrail.7": lambda one: bool(one["Logging"]),
    "EFS.1": lambda one: bool(one["Encrypted"]),
    # What has automatic backups is in a plan of AWS's, which selects it by a tag.
    # https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html
    "EFS.2": lambda one: one["Backups"] in ("ENABLED", "ENABLING"),
    "EFS.3": lambda one: one["RootDirectory"].get("Path", "/") != "/",
    "EFS.4": lambda one: "Uid" in one.get("PosixUser", {}),
    "EFS.6": lambda one: not any(subnet["MapPublicIpOnLaunch"] for subnet in one["Subnets"]),
}
