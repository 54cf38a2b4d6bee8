"""What whoever audits an account reads is told as AWS tells it."""

import json

import pytest

from tests.unit.rehearsal.control.cloud import REGION, name


@pytest.fixture
def detector(cloud):
    for one in cloud.guardduty.list_detectors()["DetectorIds"]:
        cloud.guardduty.delete_detector(DetectorId=one)
    made = cloud.guardduty.create_detector(Enable=True, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    yield made["DetectorId"]
    cloud.guardduty.delete_detector(DetectorId=made["DetectorId"])


@pytest.fixture
def trail(cloud):
    bucket, group = name("audit"), name("calls")
    cloud.s3.create_bucket(Bucket=bucket)
    write = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    cloud.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [write]}))
    cloud.logs.create_log_group(logGroupName=group)
    more = {"CloudWatchLogsLogGroupArn": f"arn:aws:logs:{REGION}:{cloud.world.account}:log-group:{group}:*"}
    more["IsMultiRegionTrail"] = True
    made = cloud.cloudtrail.create_trail(Name=name("trail"), S3BucketName=bucket, **more)["TrailARN"]
    cloud.cloudtrail.start_logging(Name=made)
    yield made
    cloud.cloudtrail.delete_trail(Name=made)


def states(cloud, detector):
    found = cloud.guardduty.get_detector(DetectorId=detector)
    return found["DataSources"], {one["Name"]: one["Status"] for one in found["Features"]}


def test_a_new_detector_watches_by_itself_what_it_is_not_told_to_leave(cloud, detector):
    sources, features = states(cloud, detector)
    assert features.pop("S3_DATA_EVENTS") == sources["S3Logs"]["Status"] == "DISABLED"
    assert features.keys() == {
        "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
    }  # fmt: skip
    assert set(features.values()) == {"ENABLED"}
    malware = sources["MalwareProtection"]["ScanEc2InstanceWithFindings"]["EbsVolumes"]
    assert (
        malware["Status"]
        == sources["CloudTrail"]["Status"]
        == sources["Kubernetes"]["AuditLogs"]["Status"]
        == "ENABLED"
    )


def test_a_change_of_a_detector_leaves_the_features_that_it_does_not_name(cloud, detector):
    cloud.guardduty.update_detector(DetectorId=detector, Features=[{"Name": "RDS_LOGIN_EVENTS", "Status": "DISABLED"}])
    _, features = states(cloud, detector)
    off = {one for one, status in features.items() if status == "DISABLED"}
    assert off == {"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS"}
    assert len(features) == 5
    cloud.guardduty.update_detector(DetectorId=detector, Enable=False)
    assert states(cloud, detector)[1] == features


def test_a_trail_records_management_events_and_delivers_to_its_log_group(cloud, trail):
    (selector,) = cloud.cloudtrail.get_event_selectors(TrailName=trail)["EventSelectors"]
    assert selector["ReadWriteType"] == "All"
    assert selector["IncludeManagementEvents"]
    elsewhere = cloud.session.client("cloudtrail", region_name="us-west-2", endpoint_url=cloud.world.endpoint)
    assert elsewhere.get_event_selectors(TrailName=trail)["EventSelectors"] == [selector]
    status = cloud.cloudtrail.get_trail_status(Name=trail)
    assert status["LatestCloudWatchLogsDeliveryTime"] == status["LatestDeliveryTime"]
    own = {"Name": "rest", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
    cloud.cloudtrail.put_event_selectors(TrailName=trail, AdvancedEventSelectors=[own])
    assert not cloud.cloudtrail.get_event_selectors(TrailName=trail).get("EventSelectors")


def test_a_secret_shows_when_it_was_read_and_who_rotates_it(cloud):
    for one in (f"rds!db-{name()}", name("secret")):
        cloud.secretsmanager.create_secret(Name=one, SecretString="{}")
        query = {"Filters": [{"Key": "name", "Values": [one]}]}
        (listed,) = cloud.secretsmanager.list_secrets(**query)["SecretList"]
        assert bool(listed.get("RotationEnabled")) == one.startswith("rds!")
        assert "LastAccessedDate" not in listed
        cloud.secretsmanager.get_secret_value(SecretId=one)
        (listed,) = cloud.secretsmanager.list_secrets(**query)["SecretList"]
        read = cloud.secretsmanager.describe_secret(SecretId=one)["LastAccessedDate"]
        assert listed["LastAccessedDate"] == read
        assert read.timestamp() % 86_400 == 0


def test_a_key_of_aws_is_told_from_ones_own(cloud):
    found = cloud.kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert found["KeyManager"] == "AWS"
    assert cloud.kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"]
    own = cloud.kms.create_key()["KeyMetadata"]
    assert own["KeyManager"] == "CUSTOMER"
    assert not cloud.kms.get_key_rotation_status(KeyId=own["KeyId"])["KeyRotationEnabled"]


def test_the_details_of_an_account_name_its_policies(cloud):
    one = name("policy")
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    made = cloud.iam.create_policy(PolicyName=one, PolicyDocument=text)["Policy"]
    details = cloud.iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    assert {each["PolicyName"]: each["PolicyId"] for each in details}[one] == made["PolicyId"]
