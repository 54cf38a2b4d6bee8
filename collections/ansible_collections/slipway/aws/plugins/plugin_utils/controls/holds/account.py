"""Whether a control of the account as a whole holds, from its description alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._described import Holds

#: Kinds of characters, and the shortest password; https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
KINDS = ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")
SHORTEST, LONG, REMEMBERED = 8, 14, 24
#: The standard whose controls these are; another alone does not look for them.
BEST_PRACTICES = "aws-foundational-security-best-practices"
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _watched(*words: str) -> Holds:
    """Look for a pattern that has all words; an alarm that tells somebody is behind each pattern."""
    return lambda one: any(all(word in pattern for word in words) for pattern in one["Patterns"])


def _length(one: Mapping[str, Any]) -> int:
    return int(one["Policy"].get("MinimumPasswordLength", 0))


def _any_trail(name: str) -> Holds:
    return lambda one: any(trail.get(name) for trail in one["Trails"])


def _feature(*names: str) -> Holds:
    return lambda one: set(names) <= set(one["Features"])


ACCOUNT: Mapping[str, Holds] = {
    "EC2.7": lambda one: one["EbsEncryptionByDefault"] is True,
    "EC2.172": lambda one: one["InternetGatewayBlockMode"] != "off",
    "S3.1": lambda one: len(one["Block"]) == len(BLOCKS) and all(one["Block"].values()),
    "Account.1": lambda one: bool(one.get("AlternateContact")),
    "CloudTrail.1": lambda one: bool(one["Trails"]),
    "CloudTrail.2": _any_trail("KmsKeyId"),
    "CloudTrail.4": _any_trail("LogFileValidationEnabled"),
    "CloudTrail.5": _any_trail("CloudWatchLogsLogGroupArn"),
    "Config.1": lambda one: bool(one["Recording"]),
    "GuardDuty.1": lambda one: one["On"] == "ENABLED",
    "GuardDuty.5": _feature("EKS_AUDIT_LOGS"),
    "GuardDuty.6": _feature("LAMBDA_NETWORK_LOGS"),
    # https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html#guardduty-7
    "GuardDuty.7": _feature("EKS_ADDON_MANAGEMENT"),
    "GuardDuty.8": _feature("EBS_MALWARE_PROTECTION"),
    "GuardDuty.9": _feature("RDS_LOGIN_EVENTS"),
    "GuardDuty.10": _feature("S3_DATA_EVENTS"),
    "GuardDuty.11": _feature("RUNTIME_MONITORING"),
    "GuardDuty.12": _feature("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
    "SecurityHub.1": lambda one: any(BEST_PRACTICES in standard for standard in one["Standards"]),
    "Inspector.2": lambda one: "ecr" in one["Scanned"],
    "IAM.7": lambda one: all(one["Policy"].get(f"Require{kind}") for kind in KINDS) and _length(one) >= SHORTEST,
    "IAM.15": lambda one: _length(one) >= LONG,
    "IAM.16": lambda one: one["Policy"].get("PasswordReusePrevention", 0) >= REMEMBERED,
    "IAM.28": lambda one: bool({"ACCOUNT", "ORGANIZATION"} & set(one["Types"])),
    "CloudWatch.1": _watched('userIdentity.type="Root"'),
    "CloudWatch.2": _watched("UnauthorizedOperation", "AccessDenied"),
    "CloudWatch.3": _watched("ConsoleLogin", "MFAUsed"),
    "CloudWatch.4": _watched("PutRolePolicy", "AttachRolePolicy", "CreatePolicyVersion"),
    "CloudWatch.5": _watched("UpdateTrail", "StopLogging"),
    "CloudWatch.6": _watched("ConsoleLogin", "Failedauthentication"),
    "CloudWatch.7": _watched("DisableKey", "ScheduleKeyDeletion"),
    "CloudWatch.8": _watched("PutBucketPolicy", "DeleteBucketPolicy"),
    "CloudWatch.9": _watched("StopConfigurationRecorder", "DeleteDeliveryChannel"),
    "CloudWatch.10": _watched("AuthorizeSecurityGroupIngress", "DeleteSecurityGroup"),
    "CloudWatch.11": _watched("CreateNetworkAclEntry", "DeleteNetworkAcl"),
    "CloudWatch.12": _watched("AttachInternetGateway", "CreateCustomerGateway"),
    "CloudWatch.13": _watched("CreateRoute)", "ReplaceRoute)"),
    "CloudWatch.14": _watched("CreateVpc)", "ModifyVpcAttribute"),
    "calls.organization": _watched("organizations.amazonaws.com", "LeaveOrganization"),
}
