"""A role is assumed by whom it trusts, for as long as AWS lets it, and may do what its policies say."""

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.authorization.gate import DEPLOYER, Gate
from rehearsal.world import SESSIONS
from tests.unit.rehearsal.control.cloud import RAW, REGION, name, refusal

ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
ASKED = {"StringEquals": {"sts:ExternalId": "shop"}}


@pytest.fixture(autouse=True)
def _gate(cloud):
    cloud.world.gate = Gate(cloud.world, None, record=False)
    yield
    cloud.world.gate = None


def made(cloud, *, principal=ROOT, allow="*", **trust):
    """A role, by its ARN."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **trust}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = cloud.iam.create_role(RoleName=name("role"), AssumeRolePolicyDocument=document)["Role"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allow, "Resource": "*"}]}
    cloud.iam.put_role_policy(RoleName=role["RoleName"], PolicyName="own", PolicyDocument=json.dumps(policy))
    return role["Arn"]


def assume(cloud, arn, **more):
    return cloud.sts.assume_role(RoleArn=arn, RoleSessionName="run", **more)["Credentials"]


def client(cloud, service, key):
    session = boto3.session.Session(key, "s", "t", region_name=REGION)
    return session.client(service, endpoint_url=cloud.world.endpoint, config=RAW)


def refused(cloud, arn, **more):
    return refusal(cloud.sts.assume_role, RoleArn=arn, RoleSessionName="run", **more)


def test_whoever_has_its_key_is_the_role(cloud):
    arn = made(cloud)
    identity = client(cloud, "sts", assume(cloud, arn)["AccessKeyId"]).get_caller_identity()
    assert identity["Arn"] == arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/run"
    assert identity["Account"] == "123456789012"


def test_the_policies_of_the_role_decide(cloud):
    key = assume(cloud, made(cloud, allow="sns:ListTopics"))["AccessKeyId"]
    sns = client(cloud, "sns", key)
    assert sns.list_topics()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert refusal(sns.create_topic, Name=name("topic")) == "AccessDenied"


def test_the_external_id_has_to_be_the_one_asked_for(cloud):
    arn = made(cloud, Condition=ASKED)
    assert refused(cloud, arn) == refused(cloud, arn, ExternalId="other") == "AccessDenied"
    assert assume(cloud, arn, ExternalId="shop")


@pytest.mark.parametrize(
    "principal", [{"Service": "ecs-tasks.amazonaws.com"}, {"AWS": "arn:aws:iam::999999999999:root"}]
)
def test_a_role_that_trusts_others_is_refused(cloud, principal):
    assert refused(cloud, made(cloud, principal=principal)) == "AccessDenied"


def test_denied_trust_wins(cloud):
    arn = made(cloud)
    both = [{"Effect": effect, "Principal": ROOT, "Action": "sts:AssumeRole"} for effect in ("Allow", "Deny")]
    document = json.dumps({"Version": "2012-10-17", "Statement": both})
    cloud.iam.update_assume_role_policy(RoleName=arn.rpartition("/")[2], PolicyDocument=document)
    assert refused(cloud, arn) == "AccessDenied"


@pytest.mark.parametrize("account", ["123456789012", "999999999999"])
def test_a_role_that_does_not_exist_is_refused(cloud, account):
    assert refused(cloud, f"arn:aws:iam::{account}:role/nobody") == "AccessDenied"


def test_longer_than_the_role_lasts_is_refused(cloud):
    assert refused(cloud, made(cloud), DurationSeconds=3601) == "ValidationError"


def test_a_role_of_a_role_lasts_an_hour(cloud):
    arn = made(cloud)
    cloud.iam.update_role(RoleName=arn.rpartition("/")[2], MaxSessionDuration=7200)
    assert assume(cloud, arn, DurationSeconds=7200)
    sts = client(cloud, "sts", assume(cloud, arn)["AccessKeyId"])
    asked = {"RoleArn": arn, "RoleSessionName": "next"}
    assert refusal(sts.assume_role, **asked, DurationSeconds=7200) == "ValidationError"
    assert sts.assume_role(**asked)["Credentials"]


def test_the_caller_has_to_be_allowed_too(cloud, tmp_path):
    arn, policy = made(cloud), tmp_path / "policy.json"
    policy.write_text(json.dumps({"Statement": []}))
    cloud.world.gate = Gate(cloud.world, [policy], record=False)
    sts = client(cloud, "sts", DEPLOYER)
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="run") == "AccessDenied"
    policy.write_text(json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn}]}))
    cloud.world.gate.order_follow([policy])
    assert sts.assume_role(RoleArn=arn, RoleSessionName="run")["Credentials"]


def test_a_key_that_has_ended_is_refused(cloud):
    key = assume(cloud, made(cloud))["AccessKeyId"]
    sessions = cloud.world.kept(SESSIONS)
    sessions[key] = sessions[key]._replace(ends=datetime.now(UTC))
    told = {}
    for service, call in (("sns", "list_topics"), ("dynamodb", "list_tables")):
        with pytest.raises(ClientError) as error:
            getattr(client(cloud, service, key), call)()
        told[service] = error.value.response["Error"]["Code"]
    assert told == {"sns": "ExpiredToken", "dynamodb": "ExpiredTokenException"}
