"""Each security control by its function: a good description passes, a bad one does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.controls import report
from ansible_collections.slipway.aws.plugins.plugin_utils.controls.holds import HOLDS
from ansible_collections.slipway.aws.plugins.plugin_utils.controls.readers import READERS
from tests.unit.docs.rendered import ROOT

NOW = datetime.now(UTC)
OPEN = {"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
DENY = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
PUBLIC = {"Statement": [{"Effect": "Allow", "Principal": "*"}]}
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
    return {f"CloudWatch.{number}": pattern("".join(patterns[name].split())) for number, name in CIS.items()}


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
    "ELB.21": ({"HealthCheckProtocol": "HTTPS"}, {"HealthCheckProtocol": "HTTP"}),
    "ELB.22": ({"Protocol": "HTTPS"}, {"Protocol": "HTTP"}),
    "WAF.10": ({"Rules": [1]}, {"Rules": []}),
    "WAF.11": ({"Logged": True}, {"Logged": False}),
    "WAF.12": (
        {"Rules": [{"VisibilityConfig": {"CloudWatchMetricsEnabled": True}}]},
        {"Rules": [{"VisibilityConfig": {"CloudWatchMetricsEnabled": False}}]},
    ),
    "RDS.2": ({"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    "RDS.3": ({"StorageEncrypted": True}, {"StorageEncrypted": False}),
    "RDS.5": ({"MultiAZ": True}, {"MultiAZ": False}),
    "RDS.6": ({"MonitoringInterval": 60}, {"MonitoringInterval": 0}),
    "RDS.8": ({"DeletionProtection": True}, {"DeletionProtection": False}),
    "RDS.9": ({"EnabledCloudwatchLogsExports": ["postgresql", "upgrade"]}, {}),
    "RDS.10": ({"IAMDatabaseAuthenticationEnabled": True}, {"IAMDatabaseAuthenticationEnabled": False}),
    "RDS.11": ({"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 6}),
    "RDS.13": ({"AutoMinorVersionUpgrade": True}, {"AutoMinorVersionUpgrade": False}),
    "RDS.17": ({"CopyTagsToSnapshot": True}, {"CopyTagsToSnapshot": False}),
    "RDS.20": (
        sources("db-instance", "maintenance", "configuration change", "failure"),
        sources("db-instance", "failure"),
    ),
    "RDS.26": ({"DBInstanceArn": "a", "Planned": ["b", "a"]}, {"DBInstanceArn": "a", "Planned": ["b"]}),
    "Backup.1": ({"IsEncrypted": True}, {"IsEncrypted": False}),
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
    "EC2.55": ({"services": ["ecr.api"]}, {"services": []}),
    "EC2.56": ({"services": ["ecr.dkr"]}, {"services": []}),
    "EC2.57": ({"services": ["ssm"]}, {"services": []}),
    "SNS.1": ({"KmsMasterKeyId": "k"}, {}),
    "SNS.2": ({"HTTPFailureFeedbackRoleArn": "r"}, {}),
    "SNS.4": ({"Policy": {"Statement": [DENY]}}, {"Policy": PUBLIC}),
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
    "DynamoDB.2": (recovery("ENABLED"), recovery("DISABLED")),
    "EC2.7": ({"EbsEncryptionByDefault": True}, {"EbsEncryptionByDefault": False}),
    "EC2.172": ({"InternetGatewayBlockMode": "block-ingress"}, {"InternetGatewayBlockMode": "off"}),
    "S3.1": ({"Block": ALL_FOUR}, {"Block": BLOCK}),
    "Account.1": ({"AlternateContact": {"Name": "a"}}, {}),
    "CloudTrail.1": ({"Trails": [{}]}, {"Trails": []}),
    "CloudTrail.2": trail("KmsKeyId"),
    "CloudTrail.4": trail("LogFileValidationEnabled"),
    "CloudTrail.5": trail("CloudWatchLogsLogGroupArn"),
    "Config.1": ({"Recording": ["a"]}, {"Recording": []}),
    "GuardDuty.1": ({"On": "ENABLED"}, {"On": None}),
    "GuardDuty.9": features("RDS_LOGIN_EVENTS"),
    "GuardDuty.10": features("S3_DATA_EVENTS"),
    "GuardDuty.11": features("RUNTIME_MONITORING"),
    "GuardDuty.12": features("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
    "SecurityHub.1": ({"Standards": ["a"]}, {"Standards": []}),
    "Inspector.2": ({"Scanned": ["ecr"]}, {"Scanned": ["ec2"]}),
    "IAM.28": ({"Types": ["ACCOUNT"]}, {"Types": ["ACCOUNT_UNUSED_ACCESS"]}),
    **watched(),
    "DynamoDB.6": ({"DeletionProtectionEnabled": True}, {"DeletionProtectionEnabled": False}),
}


@pytest.mark.parametrize("control", HOLDS)
def test_a_control_tells_good_from_bad(control: str) -> None:
    good, bad = CASES[control]
    assert HOLDS[control](good)
    assert not HOLDS[control](bad)


def test_every_control_that_is_built_has_a_function_and_something_to_look_at() -> None:
    built = {one["id"]: one["of"] for one in report.controls() if "of" in one}
    assert set(built) == set(HOLDS)
    assert set(built.values()) <= set(READERS)
    assert len({one["id"] for one in report.controls()}) == len(report.controls())


class Balancers:
    """A cloud that tells which load balancer it was asked about."""

    def pages(self, _service: str, _operation: str, _key: str, *, LoadBalancerArn: str) -> list[dict[str, Any]]:
        return [{"Protocol": "HTTPS", "Port": 443, "of": LoadBalancerArn}]


def test_every_load_balancer_is_looked_at() -> None:
    cloud: Any = Balancers()
    arns = [f"arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/{name}/1" for name in ("one", "two")]
    outputs = {"load_balancer/load_balancer_arn": arns[0], "load_balancer/b.load_balancer_arn": arns[1]}
    found = dict(READERS["https_listener"](cloud, outputs))
    assert {name: one["of"] for name, one in found.items()} == {"one:443": arns[0], "two:443": arns[1]}


EXCEPTION = {"control": "ECS.4", "resource": "container/*", "environments": ["dev"], "reason": "because"}


@pytest.mark.parametrize(
    ("described", "exceptions", "state"),
    [
        ({"privileged": False}, [], report.PASSED),
        ({"privileged": True}, [], report.FAILED),
        ({"privileged": True}, [EXCEPTION], report.EXCEPTED),
        ({"privileged": True}, [{**EXCEPTION, "environments": ["prod"]}], report.FAILED),
        ({"privileged": True}, [{**EXCEPTION, "resource": "container/other"}], report.FAILED),
        ({"privileged": True}, [{**EXCEPTION, "expires": "2020-01-01"}], report.FAILED),
        (None, [], report.UNKNOWN),
    ],
)
def test_states(
    described: dict[str, Any], exceptions: list[dict[str, Any]], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "controls", lambda: [{"id": "ECS.4", "of": "container", "title": "t"}])
    monkeypatch.setitem(report.READERS, "container", lambda _cloud, _outputs: iter([("web/app", described)]))
    cloud: Any = None
    (row,) = report.rows(cloud, {}, exceptions, "dev", date(2026, 11, 27))
    assert (row.state, row.resource) == (state, "container/web/app")


class Empty:
    """A cloud in which there is nothing."""

    def identity(self) -> dict[str, str]:
        return {"account": "123456789012"}

    def read(self, *_names: str, **_parameters: Any) -> dict[str, Any]:
        return {}

    def pages(self, *_names: str, **_parameters: Any) -> list[Any]:
        return []


def test_what_is_not_there_is_unknown_and_what_is_not_built_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud: Any = Empty()
    every = [*report.controls(), {"id": "A.1", "title": "t"}]
    monkeypatch.setattr(report, "controls", lambda: every)
    found = {row.state for row in report.rows(cloud, {}, [], "dev", date(2026, 11, 27))}
    assert found == {report.FAILED, report.UNKNOWN, report.NOTHING, report.NOT_BUILT}


@pytest.mark.parametrize("error", [TypeError("'NoneType'"), IndexError("list index out of range"), ValueError("form")])
def test_what_is_described_in_another_form_is_unknown(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(*_: Any) -> Any:
        raise error

    cloud: Any = Empty()
    monkeypatch.setattr(report, "controls", lambda: [{"id": "A.1", "title": "t", "of": "thing"}])
    monkeypatch.setitem(READERS, "thing", reader)
    (row,) = report.rows(cloud, {}, [], "dev", date(2026, 11, 27))
    assert row.state == report.UNKNOWN
    assert str(error) in row.reason


def test_exceptions_are_of_controls_that_there_are_have_reasons_and_have_not_expired() -> None:
    own = {"identity.source-account", "identity.managed-policy", "identity.whole-kind"}
    text = (ROOT / "docs" / "security" / "exceptions.yml").read_text(encoding="utf-8")
    for one in yaml.safe_load(text):
        known = own | {control["id"] for control in report.controls()}
        assert any(fnmatchcase(name, one["control"]) for name in known), one
        assert len(one["reason"]) > 40, one
        assert set(one["environments"]) <= {"dev", "staging", "prod"}
        assert one.get("expires", date.max) >= datetime.now(UTC).date(), one
        assert "expires" in one or one["control"] != "image.digest", f"{one}: for a time only"
