"""What there is once an account and region: made where there is none, adopted where there is one, never fought over."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import clock
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.adapters.converging import REGION, Converge, Run

ACCOUNT = "123456789012"
BUCKET = "slipway-test-audit"
Clients = Callable[[str], Any]
STANDARD = f"arn:aws:securityhub:{REGION}::standards/aws-foundational-security-best-practices/v/1.0.0"
CIS = f"arn:aws:securityhub:{REGION}::standards/cis-aws-foundations-benchmark/v/5.0.0"
RUNTIME = {
    "Name": "RUNTIME_MONITORING",
    "Status": "ENABLED",
    "AdditionalConfiguration": [{"Name": "ECS_FARGATE_AGENT_MANAGEMENT", "Status": "ENABLED"}],
}


def entry(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "name": "main", "properties": properties}


DETECTOR = entry(
    "guardduty_detector",
    Enable=True,
    FindingPublishingFrequency="FIFTEEN_MINUTES",
    Features=[RUNTIME, {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}],
)
HUB = entry("securityhub_hub", AutoEnableControls=True, Standards=[STANDARD])
TRAIL = entry(
    "cloudtrail_trail",
    Name="slipway-test",
    S3BucketName=BUCKET,
    IsMultiRegionTrail=True,
    IncludeGlobalServiceEvents=True,
    EnableLogFileValidation=True,
    Logging=True,
)
RECORDER = entry(
    "config_recorder",
    ConfigurationRecorder={
        "name": "slipway-test",
        "roleARN": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
    },
    DeliveryChannel={"name": "slipway-test", "s3BucketName": BUCKET},
    Recording=True,
)
INSPECTOR = entry("inspector2_enabler", resourceTypes=["ECR", "EC2"])
ANALYZER = entry("accessanalyzer_analyzer", analyzerName="slipway-test", type="ACCOUNT")
FILTER = entry(
    "logs_metric_filter",
    logGroupName="slipway-test-calls",
    filterName="root",
    filterPattern='{ $.userIdentity.type = "Root" }',
    metricTransformations=[{"metricName": "root", "metricNamespace": "slipway", "metricValue": "1"}],
)
RULE = entry(
    "events_rule",
    Name="slipway-test-findings",
    Description="Findings",
    State="ENABLED",
    EventPattern={"source": ["aws.securityhub"]},
    Targets=[{"Id": "people", "Arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:slipway-test"}],
)
PASSWORDS = entry("iam_account_password_policy", MinimumPasswordLength=14, RequireSymbols=True)
SINGLETONS = [DETECTOR, HUB, TRAIL, RECORDER, INSPECTOR, ANALYZER]


def key(resource: dict[str, Any]) -> str:
    return f"{resource['type']}.main"


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, with a log group and a bucket that CloudTrail and Config may write to."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)
    session: Any = boto3.session.Session(region_name=REGION)
    s3, logs = session.client("s3"), session.client("logs")
    if BUCKET not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET)
        services = {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]}
        writes = {
            "Effect": "Allow",
            "Principal": services,
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [writes]}))
        logs.create_log_group(logGroupName="slipway-test-calls")


@pytest.fixture
def alone(converge: Converge) -> Iterator[Converge]:
    """Return what converges, and remove what it made."""
    yield converge
    converge([*SINGLETONS, FILTER, RULE], absent=True)


@pytest.mark.parametrize("resource", [*SINGLETONS, FILTER, RULE], ids=lambda one: str(one["type"]))
def test_lives(alone: Converge, resource: dict[str, Any]) -> None:
    alone.lives([resource])


def others(resource: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Return a resource as another environment would have it."""
    text = json.dumps(resource | {"properties": resource["properties"] | properties})
    renamed: dict[str, Any] = json.loads(text.replace('"slipway-test"', '"slipway-other"'))
    return renamed | {"tags": {"environment": "other"}}


#: What another environment has already, otherwise than we would.
THERE = [
    (DETECTOR, others(DETECTOR, Features=[], FindingPublishingFrequency="SIX_HOURS")),
    (HUB, others(HUB, Standards=[CIS])),
    (TRAIL, others(TRAIL, EnableLogFileValidation=False)),
    (RECORDER, others(RECORDER, ConfigurationRecorder=RECORDER["properties"]["ConfigurationRecorder"])),
    (INSPECTOR, others(INSPECTOR)),
    (ANALYZER, others(ANALYZER)),
]


@pytest.mark.parametrize(("resource", "there"), THERE, ids=lambda one: str(one["type"]))
def test_one_that_somebody_else_made_is_adopted(
    converge: Converge, resource: dict[str, Any], there: dict[str, Any]
) -> None:
    converge([there])
    assert converge([resource]).actions == {key(resource): "unchanged"}
    gone = converge([resource], absent=True)
    assert gone.actions == {key(resource): "kept"}
    assert "adopted" in gone.outcomes[key(resource)].message
    assert converge([there]).actions == {key(resource): "unchanged"}
    assert converge([there], absent=True).actions == {key(resource): "deleted"}


def test_of_an_adopted_trail_without_a_log_group_the_declared_one_is_told(converge: Converge) -> None:
    there = others(TRAIL)
    converge([there])
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:slipway-test-calls:*"
    run = converge([TRAIL | {"properties": TRAIL["properties"] | {"CloudWatchLogsLogGroupArn": group}}])
    assert run.actions == {key(TRAIL): "unchanged"}
    assert run.state(key(TRAIL))["LogGroupName"] == "slipway-test-calls"
    converge([there], absent=True)


def test_mends_the_detector(alone: Converge, client: Clients) -> None:
    def drift(run: Run) -> None:
        number = run.state(key(DETECTOR))["DetectorId"]
        off = {"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}
        client("guardduty").update_detector(
            DetectorId=number, Enable=False, FindingPublishingFrequency="SIX_HOURS", Features=[RUNTIME, off]
        )
        client("guardduty").tag_resource(ResourceArn=run.state(key(DETECTOR))["Arn"], Tags={"foreign": "x"})

    changed = {"Enable", "FindingPublishingFrequency", "Features", "Tags"}
    alone.mends([DETECTOR], drift, {key(DETECTOR): changed})


def test_mends_the_hub(alone: Converge, client: Clients) -> None:
    def drift(run: Run) -> None:
        hub = client("securityhub")
        hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": CIS}])
        hub.update_security_hub_configuration(AutoEnableControls=False)
        hub.tag_resource(ResourceArn=run.state(key(HUB))["HubArn"], Tags={"foreign": "x"})

    alone.mends([HUB], drift, {key(HUB): {"AutoEnableControls", "Standards", "Tags"}})


def test_mends_the_trail(alone: Converge, client: Clients) -> None:
    def drift(run: Run) -> None:
        arn = run.state(key(TRAIL))["TrailARN"]
        client("cloudtrail").update_trail(Name=arn, EnableLogFileValidation=False)
        client("cloudtrail").stop_logging(Name=arn)
        client("cloudtrail").add_tags(ResourceId=arn, TagsList=[{"Key": "foreign", "Value": "x"}])

    alone.mends([TRAIL], drift, {key(TRAIL): {"EnableLogFileValidation", "Logging", "Tags"}})


def test_mends_the_recorder(alone: Converge, client: Clients) -> None:
    def drift(_run: Run) -> None:
        recorder = RECORDER["properties"]["ConfigurationRecorder"]
        client("config").stop_configuration_recorder(ConfigurationRecorderName="slipway-test")
        client("config").put_configuration_recorder(
            ConfigurationRecorder=recorder | {"recordingGroup": {"allSupported": True}}
        )

    alone.mends([RECORDER], drift, {key(RECORDER): {"ConfigurationRecorder", "Recording"}})


def test_mends_what_inspector_scans(alone: Converge, client: Clients) -> None:
    def drift(_run: Run) -> None:
        client("inspector2").disable(accountIds=[ACCOUNT], resourceTypes=["ECR"])

    alone.mends([INSPECTOR], drift, {key(INSPECTOR): {"resourceTypes"}})


def test_mends_the_analyzer(alone: Converge, client: Clients) -> None:
    def drift(run: Run) -> None:
        arn = run.state(key(ANALYZER))["arn"]
        client("accessanalyzer").tag_resource(resourceArn=arn, tags={"foreign": "x"})
        client("accessanalyzer").untag_resource(resourceArn=arn, tagKeys=["project"])

    alone.mends([ANALYZER], drift, {key(ANALYZER): {"Tags"}})


def test_mends_the_filter(alone: Converge, client: Clients) -> None:
    def drift(_run: Run) -> None:
        other = [{"metricName": "other", "metricNamespace": "slipway", "metricValue": "2"}]
        client("logs").put_metric_filter(
            **FILTER["properties"] | {"filterPattern": "ERROR", "metricTransformations": other}
        )

    alone.mends([FILTER], drift, {key(FILTER): {"filterPattern", "metricTransformations"}})


def test_mends_the_rule(alone: Converge, client: Clients) -> None:
    def drift(run: Run) -> None:
        events, properties = client("events"), RULE["properties"]
        events.put_rule(Name=properties["Name"], EventPattern='{"source": ["aws.s3"]}', State="DISABLED")
        events.put_targets(Rule=properties["Name"], Targets=[{"Id": "else", "Arn": properties["Targets"][0]["Arn"]}])
        events.tag_resource(ResourceARN=run.state(key(RULE))["Arn"], Tags=[{"Key": "foreign", "Value": "x"}])
        events.untag_resource(ResourceARN=run.state(key(RULE))["Arn"], TagKeys=["project"])

    changed = {"Description", "EventPattern", "State", "Targets", "Tags"}
    alone.mends([RULE], drift, {key(RULE): changed})


def test_what_protects_the_account_is_switched_on_and_stays(converge: Converge, client: Clients) -> None:
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    account = [
        entry("s3_account_public_access_block", PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)),
        entry("ec2_ebs_encryption", EbsEncryptionByDefault=True),
        PASSWORDS,
    ]
    Cloud(REGION).client("ec2").disable_ebs_encryption_by_default()
    Cloud(REGION).client("s3control").delete_public_access_block(AccountId=ACCOUNT)
    with contextlib.suppress(client("iam").exceptions.NoSuchEntityException):
        client("iam").delete_account_password_policy()
    keys = {key(one) for one in account}
    assert converge(account, check=True).actions == dict.fromkeys(keys, "created")
    assert converge(account).actions == dict.fromkeys(keys, "created")
    assert converge(account).actions == dict.fromkeys(keys, "unchanged")
    assert converge(account, absent=True).actions == dict.fromkeys(keys, "kept")
    assert client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
    assert converge(account).actions == dict.fromkeys(keys, "unchanged")


def test_a_password_policy_becomes_as_strict_as_declared_and_loses_nothing(converge: Converge, client: Clients) -> None:
    there = {"MinimumPasswordLength": 20, "RequireNumbers": True, "MaxPasswordAge": 60}
    client("iam").update_account_password_policy(**there)
    assert converge([PASSWORDS]).actions == {key(PASSWORDS): "updated"}
    strict = client("iam").get_account_password_policy()["PasswordPolicy"]
    assert strict.items() >= {**there, "RequireSymbols": True}.items()
    assert converge([PASSWORDS]).actions == {key(PASSWORDS): "unchanged"}
    client("iam").update_account_password_policy(MinimumPasswordLength=6, RequireSymbols=True)
    assert set(converge([PASSWORDS]).outcomes[key(PASSWORDS)].as_diff()["after"]) == {"MinimumPasswordLength"}


@pytest.mark.parametrize("resource", [TRAIL, RECORDER], ids=lambda one: str(one["type"]))
def test_a_bucket_that_lets_nobody_write_is_refused(
    alone: Converge, client: Clients, resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "LEAST_PATIENCE", 0.0)  # no process is waited for here
    text = client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    client("s3").delete_bucket_policy(Bucket=BUCKET)
    try:
        (failure,) = alone([resource], fails=True).failures
        assert "olicy" in failure
    finally:
        client("s3").put_bucket_policy(Bucket=BUCKET, Policy=text)
