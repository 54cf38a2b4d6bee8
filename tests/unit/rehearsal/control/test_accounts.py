"""An account that Organizations makes is reached by a role alone, and what is there is not in another."""

import json

import boto3
import pytest

from rehearsal.authorization.gate import Gate
from rehearsal.world import ACCOUNT
from tests.unit.rehearsal import shared_account
from tests.unit.rehearsal.control.cloud import RAW, REGION, name, refusal

ROLE = "OrganizationAccountAccessRole"


@pytest.fixture(scope="module")
def member(cloud):
    """Number of an account beside the first."""
    return shared_account.member(cloud.organizations)


@pytest.fixture(autouse=True)
def _gate(cloud, monkeypatch):
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    cloud.world.gate = Gate(cloud.world, None, record=False)
    yield
    cloud.world.gate = None


def there(cloud, member, service, role=ROLE):
    """A client that calls as a role of the member."""
    given = cloud.sts.assume_role(RoleArn=f"arn:aws:iam::{member}:role/{role}", RoleSessionName="run")["Credentials"]
    session = boto3.session.Session(given["AccessKeyId"], "s", given["SessionToken"], region_name=REGION)
    return session.client(service, endpoint_url=cloud.world.endpoint, config=RAW)


def table(client, own, **more):
    client.create_table(
        TableName=own,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def test_the_role_leads_into_its_account(cloud, member):
    told = there(cloud, member, "sts").get_caller_identity()
    assert told["Account"] == member != ACCOUNT
    assert cloud.sts.get_caller_identity()["Account"] == ACCOUNT


def test_the_same_name_is_another_thing_in_each(cloud, member):
    own = name("leases")
    inside = there(cloud, member, "dynamodb")
    table(inside, own, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert refusal(cloud.dynamodb.describe_table, TableName=own) == "ResourceNotFoundException"
    assert inside.describe_table(TableName=own)["Table"]["TableArn"].split(":")[4] == member
    table(cloud.dynamodb, own)
    assert "TableClassSummary" in inside.describe_table(TableName=own)["Table"]
    assert "TableClassSummary" not in cloud.dynamodb.describe_table(TableName=own)["Table"]


def test_a_bucket_of_another_account_is_closed(cloud, member):
    own = name("bucket")
    inside = there(cloud, member, "s3")
    inside.create_bucket(Bucket=own)
    inside.put_object(Bucket=own, Key="one", Body=b"1")
    assert refusal(cloud.s3.get_object, Bucket=own, Key="one") == "AccessDenied"
    assert inside.get_object(Bucket=own, Key="one")["Body"].read() == b"1"


def test_a_role_there_may_what_its_policies_say_and_lets_in_whom_it_trusts(cloud, member):
    iam = there(cloud, member, "iam")
    for role, trusted in (("reader", ACCOUNT), ("closed", member)):
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{trusted}:root"},
            "Action": "sts:AssumeRole",
        }
        iam.create_role(
            RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )
    assert refusal(there(cloud, member, "sns", "reader").create_topic, Name=name("topic")) == "AccessDenied"
    asked = {"RoleArn": f"arn:aws:iam::{member}:role/closed", "RoleSessionName": "run"}
    assert refusal(cloud.sts.assume_role, **asked) == "AccessDenied"
