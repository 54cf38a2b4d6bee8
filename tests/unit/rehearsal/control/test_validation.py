"""Parameters that the API's model does not allow are refused with the service's own code."""

import boto3
import pytest

from tests.unit.rehearsal.control.cloud import refusal


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("wafv2", "list_web_acls", {"Scope": "EVERYWHERE"}, "WAFInvalidParameterException"),
        ("logs", "describe_log_groups", {"limit": 51}, "InvalidParameterException"),
        ("elbv2", "create_target_group", {"Name": "web", "Protocol": "HTTPX"}, "ValidationError"),
        ("rds", "create_db_instance", {"DBInstanceIdentifier": "one"}, "InvalidParameterValue"),
        ("ecr", "create_repository", {"repositoryName": "a" * 257}, "InvalidParameterException"),
        ("dynamodb", "describe_table", {}, "ValidationException"),
        ("kms", "create_key", {"KeyUsage": "NONSENSE"}, "ValidationException"),
        ("s3", "put_bucket_versioning", {"Bucket": "b", "VersioningConfiguration": {"Status": "On"}}, "MalformedXML"),
    ],
)
def test_refused(cloud, service, operation, parameters, code):
    assert refusal(getattr(getattr(cloud, service), operation), **parameters) == code


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "SignatureDoesNotMatch"),
        ("ecs", "list_clusters", "InvalidSignatureException"),
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
    ],
)
def test_a_region_that_there_is_not_is_refused(cloud, service, operation, code):
    client = boto3.client(
        service, region_name="us-est-1", endpoint_url=cloud.sts.meta.endpoint_url, aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106  nobody's
    )  # fmt: skip
    assert refusal(getattr(client, operation)) == code
