"""Whether a control holds for a resource, from its description alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from .account_holds import ACCOUNT_HOLDS

Description = Mapping[str, Any]
#: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17
TLS_POLICIES = ("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-")
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"}
SINCE = 90
RSA_BITS = 2048
ZONES = 2
BACKUP_DAYS = 7
POSTGRESQL = 5432
WORLD = {"0.0.0.0/0", "::/0"}
#: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19; -1 stands for all.
RISKY = {-1, 20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601}
RISKY |= {8080, 8088, 8888, 9200, 9300}
#: What no other account may do, https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6
TAKING_OVER = ("DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy", "PutEncryptionConfiguration", "PutObjectAcl")


def world_ports(group: Description) -> set[int]:
    """Return the ports that a security group opens to the world; -1 stands for all."""
    return {
        int(port)
        for rule in group["IpPermissions"]
        if WORLD & {*_blocks(rule["IpRanges"], "CidrIp"), *_blocks(rule.get("Ipv6Ranges", []), "CidrIpv6")}
        for port in range(rule.get("FromPort", -1), rule.get("ToPort", -1) + 1)
    }


def _blocks(ranges: Iterable[Mapping[str, str]], name: str) -> set[str]:
    return {one[name] for one in ranges}


def acl_lets_in(acl: Description, port: int) -> bool:
    """Say whether a network ACL lets anybody to a port: the first rule that matches decides."""
    for entry in sorted(acl["Entries"], key=lambda one: int(one["RuleNumber"])):
        ports = entry.get("PortRange") or {"From": 0, "To": 65535}
        from_anywhere = entry.get("CidrBlock") in WORLD or entry.get("Ipv6CidrBlock") in WORLD
        if not entry["Egress"] and from_anywhere and ports["From"] <= port <= ports["To"]:
            return bool(entry["RuleAction"] == "allow")
    return False


def is_public(policy: Description) -> bool:
    """Say whether a resource policy lets anybody in without a condition."""
    return any(
        one["Effect"] == "Allow" and one.get("Principal") in ("*", {"AWS": "*"}) and not one.get("Condition")
        for one in policy["Statement"]
    )


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
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(f"s3:{action}".lower(), pattern.lower()) for action in actions for pattern in listed)


def _address(service: Description) -> Any:
    return service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"]


def _has(name: str) -> Callable[[Description], bool]:
    return lambda found: name in found["services"]


def _attribute(name: str, *values: str) -> Callable[[Description], bool]:
    return lambda balancer: str(balancer["Attributes"].get(name)).lower() in values


def _used(secret: Description) -> bool:
    last = secret.get("LastAccessedDate") or secret["CreatedDate"]
    return bool(datetime.now(UTC) - last < timedelta(days=SINCE))


def _rotated(secret: Description) -> bool:
    """Say whether a secret that rotates by itself is not late."""
    due = secret.get("NextRotationDate")
    return not secret.get("RotationEnabled") or due is None or bool(due > datetime.now(UTC))


def _young(secret: Description) -> bool:
    last = secret.get("LastRotatedDate") or secret.get("LastChangedDate") or secret["CreatedDate"]
    return bool(datetime.now(UTC) - last < timedelta(days=SINCE))


def _in_time(certificate: Description) -> bool:
    left = certificate["NotAfter"] - datetime.now(UTC)
    return bool(certificate["Status"] == "ISSUED" and left > timedelta(days=30))


def _rsa(certificate: Description) -> bool:
    kind, _, bits = str(certificate["KeyAlgorithm"]).replace("-", "_").partition("_")
    return kind != "RSA" or int(bits) >= RSA_BITS


HOLDS: Mapping[str, Callable[[Description], bool]] = {
    "ECS.2": lambda one: _address(one) == "DISABLED",
    "ECS.3": lambda one: one.get("pidMode") != "host",
    "ECS.4": lambda one: not one.get("privileged"),
    "ECS.5": lambda one: one.get("readonlyRootFilesystem") is True,
    "ECS.8": lambda one: not KEYS & {entry["name"] for entry in one.get("environment", [])},
    "ECS.9": lambda one: bool(one.get("logConfiguration")),
    "ECS.10": lambda one: one.get("platformVersion") in ("LATEST", "1.4.0"),
    "ECS.12": lambda one: (
        {s["value"] for s in one["settings"] if s["name"] == "containerInsights"} & {"enabled", "enhanced"} != set()
    ),
    "ECS.13": lambda one: bool(one.get("tags")),
    "ECS.14": lambda one: bool(one.get("tags")),
    "ECS.15": lambda one: bool(one["Tags"]),
    "ECS.17": lambda one: one.get("networkMode") != "host",
    "ECS.18": lambda one: all(
        volume["efsVolumeConfiguration"].get("transitEncryption") == "ENABLED"
        for volume in one.get("volumes", [])
        if "efsVolumeConfiguration" in volume
    ),
    "ECS.20": lambda one: str(one.get("user", "")).split(":")[0] not in ("", "0", "root"),
    "image.digest": lambda one: "@sha256:" in one["image"],
    "ELB.1": lambda one: all(
        a["Type"] == "redirect" and a["RedirectConfig"]["Protocol"] == "HTTPS" for a in one["DefaultActions"]
    ),
    "ELB.4": _attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
    "ELB.5": _attribute("access_logs.s3.enabled", "true"),
    "ELB.6": _attribute("deletion_protection.enabled", "true"),
    "ELB.12": _attribute("routing.http.desync_mitigation_mode", "defensive", "strictest"),
    "ELB.13": lambda one: len(one["AvailabilityZones"]) >= ZONES,
    "ELB.16": lambda one: bool(one["WebACL"]),
    "ELB.17": lambda one: str(one.get("SslPolicy")).startswith(TLS_POLICIES),
    "ELB.21": lambda one: one["HealthCheckProtocol"] in ("HTTPS", "TLS"),
    "ELB.22": lambda one: one["Protocol"] in ("HTTPS", "TLS"),
    "WAF.10": lambda one: bool(one["Rules"]),
    "WAF.11": lambda one: bool(one["Logged"]),
    "WAF.12": lambda one: all(rule["VisibilityConfig"]["CloudWatchMetricsEnabled"] for rule in one["Rules"]),
    "RDS.2": lambda one: not one["PubliclyAccessible"],
    "RDS.3": lambda one: bool(one["StorageEncrypted"]),
    "RDS.5": lambda one: bool(one["MultiAZ"]),
    "RDS.6": lambda one: bool(one.get("MonitoringInterval")),
    "RDS.8": lambda one: bool(one["DeletionProtection"]),
    "RDS.9": lambda one: {"postgresql", "upgrade"} <= set(one.get("EnabledCloudwatchLogsExports", [])),
    "RDS.10": lambda one: bool(one["IAMDatabaseAuthenticationEnabled"]),
    "RDS.11": lambda one: one["BackupRetentionPeriod"] >= BACKUP_DAYS,
    "RDS.13": lambda one: bool(one["AutoMinorVersionUpgrade"]),
    "RDS.17": lambda one: bool(one["CopyTagsToSnapshot"]),
    "RDS.20": lambda one: (
        {"maintenance", "configuration change", "failure"} <= set(one["sources"].get("db-instance", []))
    ),
    "RDS.21": lambda one: {"configuration change"} <= set(one["sources"].get("db-parameter-group", [])),
    "RDS.22": lambda one: {"configuration change", "failure"} <= set(one["sources"].get("db-security-group", [])),
    "RDS.23": lambda one: one["Endpoint"]["Port"] != POSTGRESQL,
    "RDS.25": lambda one: one["MasterUsername"] not in ("admin", "postgres"),
    "RDS.26": lambda one: one["DBInstanceArn"] in one["Planned"],
    "RDS.38": lambda one: str(one.get("rds.force_ssl")) == "1",
    "EC2.2": lambda one: not one["IpPermissions"] and not one["IpPermissionsEgress"],
    "EC2.6": lambda one: any(log["FlowLogStatus"] == "ACTIVE" for log in one["FlowLogs"]),
    "EC2.10": _has("ec2"),
    "EC2.13": lambda one: not {22, -1} & world_ports(one),
    "EC2.14": lambda one: not {3389, -1} & world_ports(one),
    "EC2.15": lambda one: not one["MapPublicIpOnLaunch"],
    "EC2.16": lambda one: one["IsDefault"] or bool(one["Associations"]),
    "EC2.18": lambda one: world_ports(one) <= {80, 443},
    "EC2.19": lambda one: not RISKY & world_ports(one),
    "EC2.21": lambda one: not acl_lets_in(one, 22) and not acl_lets_in(one, 3389),
    "EC2.55": _has("ecr.api"),
    "EC2.56": _has("ecr.dkr"),
    "EC2.57": _has("ssm"),
    "SNS.1": lambda one: bool(one.get("KmsMasterKeyId")),
    "SNS.2": lambda one: bool(one.get("HTTPFailureFeedbackRoleArn")),
    "SNS.4": lambda one: not is_public(one["Policy"]),
    "KMS.3": lambda one: one["KeyState"] == "Enabled",
    "KMS.4": lambda one: bool(one["Rotates"]),
    "KMS.5": lambda one: not is_public(one["Policy"]),
    "SecretsManager.1": lambda one: bool(one.get("RotationEnabled")),
    "SecretsManager.2": _rotated,
    "SecretsManager.3": _used,
    "SecretsManager.4": _young,
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
    "ECR.1": lambda one: bool(one["imageScanningConfiguration"]["scanOnPush"]),
    "ECR.2": lambda one: str(one["imageTagMutability"]).startswith("IMMUTABLE"),
    "ECR.3": lambda one: bool(one["Lifecycle"]),
    "ECR.5": lambda one: one["encryptionConfiguration"]["encryptionType"] == "KMS",
    "Route53.2": lambda one: bool(one["Logs"]),
    "Backup.1": lambda one: bool(one.get("IsEncrypted")),
    "ACM.1": _in_time,
    "ACM.2": _rsa,
    "DynamoDB.2": lambda one: (
        one["Backups"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    ),
    "DynamoDB.6": lambda one: bool(one["DeletionProtectionEnabled"]),
    **ACCOUNT_HOLDS,
}
