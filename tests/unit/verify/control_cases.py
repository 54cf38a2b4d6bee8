"""Of each control a description that passes and one that does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from tests.unit.docs.rendered import ROOT

NOW = datetime.now(UTC)
OPEN = {"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
DENY = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": "*"}]}
KEYS_OF = "arn:aws:kms:"
TAGGED = ("Backup.2", "Backup.3", "Backup.5", "DynamoDB.5")
CIS = "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/3.0.0"
BEST_PRACTICES = "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0"
BLOCK = {"BlockPublicAcls": True, "BlockPublicPolicy": True}


def entry(port: int, action: str, number: int = 100) -> dict[str, Any]:
    ports = {"From": port, "To": port}
    return {"RuleNumber": number, "Egress": False, "CidrBlock": "0.0.0.0/0", "PortRange": ports, "RuleAction": action}


def attribute(name: str, value: str) -> dict[str, Any]:
    return {"Attributes": {name: value}}


def acl(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"Entries": list(entries)}


def sources(kind: str, *categories: str) -> dict[str, Any]:
    return {"sources": {kind: list(categories)}}


def assigned(value: str) -> dict[str, Any]:
    return {"networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": value}}}


def redirect(kind: str) -> dict[str, Any]:
    return {"DefaultActions": [{"Type": kind, "RedirectConfig": {"Protocol": "HTTPS"}}]}


def encrypted(algorithm: str) -> dict[str, Any]:
    return {"Encryption": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}}


def mounted(**more: str) -> dict[str, Any]:
    return {"volumes": [{"name": "tmp"}, {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", **more}}]}


def allowed(principal: dict[str, str]) -> dict[str, Any]:
    return {"Policy": {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": ["s3:PutObject*"]}]}}


def route(gateway: str, block: str) -> dict[str, str]:
    return {"GatewayId": gateway, "DestinationCidrBlock": block}


def may(*actions: str, resource: str = "*", condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Statement": [statement | ({"Condition": condition} if condition else {})]}


def methods(**settings: Any) -> dict[str, Any]:
    return {"methodSettings": {"*/*": settings}}


def recovery(state: str) -> dict[str, Any]:
    return {"Backups": {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": state}}}


def pattern(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"Patterns": ["{x}", text]}, {"Patterns": ["{x}"]}


def trail(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"Trails": [{name: "yes"}]}, {"Trails": [{}]}


def features(*names: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"Features": [*names, "OTHER"]}, {"Features": ["OTHER"]}


def watched() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return what the role guardrails rings on, by control."""
    path = ROOT / "roles" / "guardrails" / "vars" / "main" / "calls.yml"
    patterns = yaml.safe_load(path.read_text(encoding="utf-8"))["__guardrails_patterns"]
    named = {f"CloudWatch.{number}": name for number, name in CIS.items()} | {"calls.organization": "organization"}
    return {control: pattern("".join(patterns[name].split())) for control, name in named.items()}


PASSWORDS = {
    "MinimumPasswordLength": 14,
    "PasswordReusePrevention": 24,
    **{f"Require{kind}": True for kind in ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")},
}


CIS = {
    1: "root",
    2: "unauthorized",
    3: "no_mfa",
    4: "iam",
    5: "cloudtrail",
    6: "sign_in_failures",
    7: "key_deletion",
    8: "s3_policies",
    9: "config",
    10: "security_groups",
    11: "network_acls",
    12: "gateways",
    13: "routes",
    14: "network",
}
ALL_FOUR = {**BLOCK, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}
#: A description that passes and one that does not.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ECS.2": (assigned("DISABLED"), assigned("ENABLED")),
    "ECS.3": ({}, {"pidMode": "host"}),
    "ECS.4": ({"privileged": False}, {"privileged": True}),
    "ECS.5": ({"readonlyRootFilesystem": True}, {}),
    "ECS.8": ({"environment": [{"name": "A"}]}, {"environment": [{"name": "AWS_SECRET_ACCESS_KEY"}]}),
    "ECS.9": ({"logConfiguration": {"logDriver": "awslogs"}}, {}),
    "ECS.10": ({"platformVersion": "LATEST"}, {"platformVersion": "1.3.0"}),
    "ECS.12": (
        {"settings": [{"name": "containerInsights", "value": "enhanced"}]},
        {"settings": [{"name": "containerInsights", "value": "disabled"}]},
    ),
    "ECS.13": ({"tags": [1]}, {"tags": []}),
    "ECS.14": ({"tags": [1]}, {"tags": []}),
    "ECS.15": ({"Tags": [1]}, {"Tags": []}),
    "ECS.16": (assigned("DISABLED"), assigned("ENABLED")),
    "ECS.17": ({"networkMode": "awsvpc"}, {"networkMode": "host"}),
    "ECS.18": (mounted(transitEncryption="ENABLED"), mounted()),
    "ECS.20": ({"user": "10001:10001"}, {"user": "0:0"}),
    "image.digest": ({"image": "web@sha256:0"}, {"image": "web:1"}),
    "ELB.1": (redirect("redirect"), redirect("forward")),
    "ELB.4": (
        attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
        attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
    ),
    "ELB.5": (attribute("access_logs.s3.enabled", "true"), attribute("access_logs.s3.enabled", "false")),
    "ELB.6": (attribute("deletion_protection.enabled", "true"), attribute("deletion_protection.enabled", "false")),
    "ELB.12": (
        attribute("routing.http.desync_mitigation_mode", "strictest"),
        attribute("routing.http.desync_mitigation_mode", "monitor"),
    ),
    "ELB.13": ({"AvailabilityZones": [1, 2]}, {"AvailabilityZones": [1]}),
    "ELB.16": ({"WebACL": {"Name": "a"}}, {"WebACL": None}),
    "ELB.17": (
        {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"},
        {"SslPolicy": "ELBSecurityPolicy-2016-08"},
    ),
    "ELB.18": ({"Protocol": "HTTPS"}, {"Protocol": "HTTP"}),
    "ELB.21": ({"HealthCheckProtocol": "HTTPS"}, {"HealthCheckProtocol": "HTTP"}),
    "ELB.22": ({"Protocol": "HTTPS"}, {"Protocol": "HTTP"}),
    "WAF.10": ({"Rules": [1]}, {"Rules": []}),
    "WAF.11": ({"Logged": True}, {"Logged": False}),
    "WAF.12": (
        {"Rules": [{"VisibilityConfig": {"CloudWatchMetricsEnabled": True}}]},
        {"Rules": [{"VisibilityConfig": {"CloudWatchMetricsEnabled": False}}]},
    ),
    "RDS.1": ({"Public": False}, {"Public": True}),
    "RDS.2": ({"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    "RDS.3": ({"StorageEncrypted": True}, {"StorageEncrypted": False}),
    "RDS.4": ({"Encrypted": True}, {"Encrypted": False}),
    "RDS.5": ({"MultiAZ": True}, {"MultiAZ": False}),
    "RDS.6": ({"MonitoringInterval": 60}, {"MonitoringInterval": 0}),
    "RDS.8": ({"DeletionProtection": True}, {"DeletionProtection": False}),
    "RDS.9": ({"EnabledCloudwatchLogsExports": ["postgresql", "upgrade"]}, {}),
    "RDS.10": ({"IAMDatabaseAuthenticationEnabled": True}, {"IAMDatabaseAuthenticationEnabled": False}),
    "RDS.11": ({"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 6}),
    "RDS.13": ({"AutoMinorVersionUpgrade": True}, {"AutoMinorVersionUpgrade": False}),
    "RDS.17": ({"CopyTagsToSnapshot": True}, {"CopyTagsToSnapshot": False}),
    "RDS.18": ({"DBSubnetGroup": {"VpcId": "vpc-1"}}, {"DBSubnetGroup": {"VpcId": None}}),
    "RDS.20": (
        sources("db-instance", "maintenance", "configuration change", "failure"),
        sources("db-instance", "failure"),
    ),
    "RDS.26": ({"DBInstanceArn": "a", "Planned": ["b", "a"]}, {"DBInstanceArn": "a", "Planned": ["b"]}),
    "RDS.36": ({"EnabledCloudwatchLogsExports": ["postgresql"]}, {"EnabledCloudwatchLogsExports": ["upgrade"]}),
    "RDS.46": (
        {"Routes": [route("local", "10.0.0.0/16"), route("nat-1", "0.0.0.0/0"), route("igw-1", "192.0.2.0/24")]},
        {"Routes": [route("local", "10.0.0.0/16"), route("igw-1", "0.0.0.0/0")]},
    ),
    "Backup.1": ({"IsEncrypted": True}, {"IsEncrypted": False}),
    **{name: ({"Tags": {"owner": "us"}}, {"Tags": {"aws:backup:source": "db"}}) for name in TAGGED},
    "RDS.21": (sources("db-parameter-group", "configuration change"), sources("db-parameter-group")),
    "RDS.22": (sources("db-security-group", "configuration change", "failure"), sources("other")),
    "RDS.23": ({"Endpoint": {"Port": 5433}}, {"Endpoint": {"Port": 5432}}),
    "RDS.25": ({"MasterUsername": "owner"}, {"MasterUsername": "postgres"}),
    "RDS.38": ({"rds.force_ssl": "1"}, {"rds.force_ssl": "0"}),
    "EC2.2": (
        {"IpPermissions": [], "IpPermissionsEgress": []},
        {"IpPermissions": [OPEN], "IpPermissionsEgress": []},
    ),
    "EC2.6": ({"FlowLogs": [{"FlowLogStatus": "ACTIVE"}]}, {"FlowLogs": []}),
    "EC2.10": ({"services": ["ec2"]}, {"services": []}),
    "EC2.13": ({"IpPermissions": []}, {"IpPermissions": [OPEN]}),
    "EC2.14": ({"IpPermissions": [OPEN]}, {"IpPermissions": [{**OPEN, "FromPort": 3000, "ToPort": 4000}]}),
    "EC2.15": ({"MapPublicIpOnLaunch": False}, {"MapPublicIpOnLaunch": True}),
    "EC2.16": ({"IsDefault": False, "Associations": [1]}, {"IsDefault": False, "Associations": []}),
    "EC2.18": ({"IpPermissions": [{**OPEN, "FromPort": 443, "ToPort": 443}]}, {"IpPermissions": [OPEN]}),
    "EC2.19": (
        {"IpPermissions": [{**OPEN, "FromPort": 443, "ToPort": 443}]},
        {"IpPermissions": [{**OPEN, "ToPort": 80}]},
    ),
    "EC2.21": (acl(entry(22, "deny"), entry(22, "allow", 200)), acl(entry(22, "allow"))),
    "EC2.180": (
        {"InterfaceType": "nat_gateway", "SourceDestCheck": False},
        {"InterfaceType": "interface", "SourceDestCheck": False},
    ),
    "EC2.55": ({"services": ["ecr.api"]}, {"services": []}),
    "EC2.56": ({"services": ["ecr.dkr"]}, {"services": []}),
    "EC2.57": ({"services": ["ssm"]}, {"services": []}),
    "EC2.58": ({"services": ["ssm-contacts"]}, {"services": ["ssm-incidents"]}),
    "EC2.60": ({"services": ["ssm-incidents"]}, {"services": ["ssm-contacts"]}),
    "SNS.1": ({"KmsMasterKeyId": "k"}, {}),
    "SNS.2": ({"HTTPFailureFeedbackRoleArn": "r"}, {}),
    "SNS.4": ({"Policy": {"Statement": [DENY]}}, {"Policy": PUBLIC}),
    "StepFunctions.1": ({"loggingConfiguration": {"level": "ERROR"}}, {"loggingConfiguration": {"level": "OFF"}}),
    "IAM.1": (may("*", resource="arn:aws:s3:::b"), may("s3:GetObject", "*")),
    "IAM.21": (may("s3:Get*"), may("s3:GetObject", "sqs:*")),
    "identity.boundary": ({"Boundary": "arn:aws:iam::1:policy/b"}, {"Boundary": None}),
    "identity.bounded": ({"Boundary": "arn:aws:iam::1:policy/b"}, {"Boundary": None}),
    "KMS.1": (may("kms:Decrypt", resource=f"{KEYS_OF}us-east-1:1:key/*"), may("kms:Decrypt")),
    "KMS.2": (
        may("kms:Decrypt", condition={"StringEquals": {"aws:ResourceTag/environment": "dev"}}),
        may("kms:ReEncrypt*", resource=f"{KEYS_OF}*:1:key/*", condition={"StringEquals": {"kms:ViaService": "s3"}}),
    ),
    "KMS.3": ({"KeyState": "Enabled"}, {"KeyState": "PendingDeletion"}),
    "KMS.4": ({"Rotates": True}, {"Rotates": False}),
    "KMS.5": ({"Policy": {"Statement": []}}, {"Policy": PUBLIC}),
    "SecretsManager.1": ({"RotationEnabled": True}, {}),
    "SecretsManager.2": (
        {"RotationEnabled": True, "NextRotationDate": NOW + timedelta(days=1)},
        {"RotationEnabled": True, "NextRotationDate": NOW - timedelta(days=1)},
    ),
    "SecretsManager.3": (
        {"CreatedDate": NOW - timedelta(days=400), "LastAccessedDate": NOW - timedelta(days=2)},
        {"CreatedDate": NOW - timedelta(days=91)},
    ),
    "SecretsManager.4": (
        {"CreatedDate": NOW - timedelta(days=400), "LastChangedDate": NOW},
        {"CreatedDate": NOW - timedelta(days=91)},
    ),
    "S3.2": ({"Policy": {"Statement": [DENY]}, "Block": BLOCK}, {"Policy": PUBLIC, "Block": BLOCK}),
    "S3.3": ({"Policy": {"Statement": [DENY]}, "Block": BLOCK}, {"Policy": PUBLIC, "Block": BLOCK}),
    "S3.5": ({"Policy": {"Statement": [DENY]}}, {"Policy": {"Statement": []}}),
    "S3.6": (allowed({"Service": "logging.s3.amazonaws.com"}), allowed({"AWS": "210987654321"})),
    "S3.8": ({"Block": BLOCK}, {"Block": {**BLOCK, "BlockPublicAcls": False}}),
    "S3.9": ({"Logging": {"TargetBucket": "b"}}, {"Logging": None}),
    "S3.10": ({"Versioning": "Enabled", "Rules": [{"Status": "Enabled"}]}, {"Versioning": "Enabled", "Rules": []}),
    "S3.12": (
        {"Ownership": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        {"Ownership": [{"ObjectOwnership": "ObjectWriter"}]},
    ),
    "S3.13": ({"Rules": [{"Status": "Enabled"}]}, {"Rules": []}),
    "S3.14": ({"Versioning": "Enabled"}, {"Versioning": None}),
    "S3.17": (encrypted("aws:kms"), encrypted("AES256")),
    "Route53.2": ({"Logs": [1]}, {"Logs": []}),
    "ECR.1": (
        {"imageScanningConfiguration": {"scanOnPush": True}},
        {"imageScanningConfiguration": {"scanOnPush": False}},
    ),
    "ECR.2": ({"imageTagMutability": "IMMUTABLE"}, {"imageTagMutability": "MUTABLE"}),
    "ECR.3": ({"Lifecycle": True}, {"Lifecycle": False}),
    "ECR.5": (
        {"encryptionConfiguration": {"encryptionType": "KMS"}},
        {"encryptionConfiguration": {"encryptionType": "AES256"}},
    ),
    "ACM.1": (
        {"Status": "ISSUED", "NotAfter": NOW + timedelta(days=31)},
        {"Status": "ISSUED", "NotAfter": NOW + timedelta(days=29)},
    ),
    "ACM.2": ({"KeyAlgorithm": "RSA-2048"}, {"KeyAlgorithm": "RSA_1024"}),
    "DynamoDB.1": ({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}, {}),
    "DynamoDB.2": (recovery("ENABLED"), recovery("DISABLED")),
    "EC2.7": ({"EbsEncryptionByDefault": True}, {"EbsEncryptionByDefault": False}),
    "EC2.172": ({"InternetGatewayBlockMode": "block-ingress"}, {"InternetGatewayBlockMode": "off"}),
    "S3.1": ({"Block": ALL_FOUR}, {"Block": BLOCK}),
    "Account.1": ({"AlternateContact": {"Name": "a"}}, {}),
    "CloudTrail.1": ({"Trails": [{}]}, {"Trails": []}),
    "CloudTrail.2": trail("KmsKeyId"),
    "CloudTrail.4": trail("LogFileValidationEnabled"),
    "CloudTrail.5": trail("CloudWatchLogsLogGroupArn"),
    "CloudTrail.6": ({"Policy": {"Statement": [DENY]}, "Block": BLOCK}, {"Policy": PUBLIC, "Block": BLOCK}),
    "CloudTrail.7": ({"Logging": {"TargetBucket": "b"}}, {"Logging": None}),
    "Config.1": ({"Recording": ["a"]}, {"Recording": []}),
    "GuardDuty.1": ({"On": "ENABLED"}, {"On": None}),
    "GuardDuty.5": features("EKS_AUDIT_LOGS"),
    "GuardDuty.6": features("LAMBDA_NETWORK_LOGS"),
    "GuardDuty.7": features("EKS_ADDON_MANAGEMENT"),
    "GuardDuty.8": features("EBS_MALWARE_PROTECTION"),
    "GuardDuty.9": features("RDS_LOGIN_EVENTS"),
    "GuardDuty.10": features("S3_DATA_EVENTS"),
    "GuardDuty.11": features("RUNTIME_MONITORING"),
    "GuardDuty.12": features("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
    "SecurityHub.1": ({"Standards": [CIS, BEST_PRACTICES]}, {"Standards": [CIS]}),
    "Inspector.2": ({"Scanned": ["ecr"]}, {"Scanned": ["ec2"]}),
    "IAM.7": ({"Policy": PASSWORDS}, {"Policy": {**PASSWORDS, "RequireSymbols": False}}),
    "IAM.15": ({"Policy": PASSWORDS}, {"Policy": {"MinimumPasswordLength": 13}}),
    "IAM.16": ({"Policy": PASSWORDS}, {"Policy": {"PasswordReusePrevention": 23}}),
    "IAM.28": ({"Types": ["ACCOUNT"]}, {"Types": ["ACCOUNT_UNUSED_ACCESS"]}),
    **watched(),
    "DynamoDB.6": ({"DeletionProtectionEnabled": True}, {"DeletionProtectionEnabled": False}),
    "EFS.1": ({"Encrypted": True}, {"Encrypted": False}),
    "EFS.2": ({"Backups": "ENABLED"}, {"Backups": None}),
    "EFS.3": ({"RootDirectory": {"Path": "/data"}}, {"RootDirectory": {"Path": "/"}}),
    "EFS.4": ({"PosixUser": {"Uid": 0, "Gid": 0}}, {}),
    "EFS.6": (
        {"Subnets": [{"MapPublicIpOnLaunch": False}]},
        {"Subnets": [{"MapPublicIpOnLaunch": False}, {"MapPublicIpOnLaunch": True}]},
    ),
    "APIGateway.1": (methods(loggingLevel="ERROR"), methods(loggingLevel="OFF")),
    "APIGateway.2": ({"clientCertificateId": "c"}, {}),
    "APIGateway.3": ({"tracingEnabled": True}, {"tracingEnabled": False}),
    "APIGateway.4": ({"webAclArn": "a"}, {}),
    "APIGateway.5": (
        methods(cachingEnabled=False, cacheDataEncrypted=False),
        methods(cachingEnabled=True, cacheDataEncrypted=False),
    ),
    "APIGateway.8": ({"AuthorizationType": "JWT"}, {"AuthorizationType": "NONE"}),
    "APIGateway.9": ({"AccessLogSettings": {"DestinationArn": "a"}}, {}),
}
