"""What was made a moment ago is not seen by other services at once, and runs wait for that, with an end."""

import json

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import clock
from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Aws
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse
from rehearsal.control import young
from tests.unit.rehearsal.control.cloud import REGION, Cloud, called, name, refusal

SCALE = 20.0


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Cloud(tmp_path_factory.mktemp("slow"), SCALE)
    yield one
    one.stop()


@pytest.fixture
def made(cloud, monkeypatch):
    """Make a resource by its adapter."""
    called(cloud.world, monkeypatch)
    monkeypatch.setattr(clock, "LEAST_PATIENCE", 0.0)  # no process is waited for here
    monkeypatch.setattr(young, "SEEN_AFTER", 60.0)

    def make(kind, **properties):
        resource = parse({"type": kind, "name": "main", "properties": properties}, {"project": "slipway"})
        adapter_class(kind)(Aws(REGION)).create(resource)

    return make


def role(cloud, service):
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return cloud.iam.create_role(RoleName=name("role"), AssumeRolePolicyDocument=document)["Role"]["Arn"]


def bucket(cloud, service):
    one = name("bucket")
    cloud.s3.create_bucket(Bucket=one)
    write = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "s3:PutObject"}
    policy = {"Version": "2012-10-17", "Statement": [{**write, "Resource": f"arn:aws:s3:::{one}/*"}]}
    cloud.s3.put_bucket_policy(Bucket=one, Policy=json.dumps(policy))
    return one


def trail(cloud, service):
    group = name("group")
    cloud.logs.create_log_group(logGroupName=group)
    return {
        "Name": name("trail"),
        "S3BucketName": bucket(cloud, "cloudtrail"),
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{REGION}:{cloud.world.account}:log-group:{group}:*",
        "CloudWatchLogsRoleArn": role(cloud, service),
    }


def test_a_trail_waits_for_its_role(cloud, made):
    wanted = trail(cloud, "cloudtrail")
    assert refusal(cloud.cloudtrail.create_trail, **wanted) == "InvalidCloudWatchLogsRoleArnException"
    made("cloudtrail_trail", **wanted)
    assert cloud.cloudtrail.get_trail(Name=wanted["Name"])["Trail"]["CloudWatchLogsRoleArn"]


def test_a_role_that_never_trusts_the_trail_is_told_at_the_end(cloud, made):
    with pytest.raises(ConvergeError, match=r"not done after 120 s \(CreateTrail was refused .* Check the trust"):
        made("cloudtrail_trail", **trail(cloud, "config"))


def test_a_delivery_channel_waits_for_the_policy_of_its_bucket(cloud, made):
    recorder = {"name": "default", "roleARN": role(cloud, "config")}
    made("config_recorder", ConfigurationRecorder=recorder, DeliveryChannel={})
    channel = {"name": "default", "s3BucketName": bucket(cloud, "config")}
    assert refusal(cloud.config.put_delivery_channel, DeliveryChannel=channel) == "InsufficientDeliveryPolicyException"
    resource = {"ConfigurationRecorder": recorder, "DeliveryChannel": channel}
    entry = parse({"type": "config_recorder", "name": "main", "properties": resource}, {})
    adapter_class("config_recorder")(Aws(REGION)).update(entry, resource, {"DeliveryChannel": ({}, channel)})
    (found,) = cloud.config.describe_delivery_channels()["DeliveryChannels"]
    assert found["s3BucketName"] == channel["s3BucketName"]


def test_a_topic_waits_for_its_feedback_role(cloud, made):
    topic = name("topic")
    made("sns_topic", Name=topic)
    arn = role(cloud, "sns")
    found = f"arn:aws:sns:{REGION}:{cloud.world.account}:{topic}"
    attribute = {"TopicArn": found, "AttributeName": "HTTPFailureFeedbackRoleArn", "AttributeValue": arn}
    assert refusal(cloud.sns.set_topic_attributes, **attribute) == "InvalidParameter"
    made("sns_topic", Name=topic, HTTPFailureFeedbackRoleArn=arn)
    assert cloud.sns.get_topic_attributes(TopicArn=found)["Attributes"]["HTTPFailureFeedbackRoleArn"] == arn
