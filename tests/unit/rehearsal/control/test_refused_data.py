"""What AWS refuses of keys, secrets, buckets, tables, roles, topics and logs is refused, with its error code."""

import hashlib
import json

import pytest

from tests.unit.rehearsal.control.cloud import REGION, name, refusal

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CONFIG = "sha256:" + hashlib.sha256(b"{}").hexdigest()
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": CONFIG},
    "layers": [],
}


def secret_in_recovery(cloud):
    secret = name("secret")
    cloud.secretsmanager.create_secret(Name=secret, SecretString="one")
    cloud.secretsmanager.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    return refusal(cloud.secretsmanager.create_secret, Name=secret, SecretString="two")


def second_secret(cloud):
    secret = name("secret")
    cloud.secretsmanager.create_secret(Name=secret, SecretString="one")
    return refusal(cloud.secretsmanager.create_secret, Name=secret, SecretString="two")


def value_of_deleted_secret(cloud):
    secret = name("secret")
    cloud.secretsmanager.create_secret(Name=secret, SecretString="one")
    cloud.secretsmanager.delete_secret(SecretId=secret)
    return refusal(cloud.secretsmanager.get_secret_value, SecretId=secret)


def secret_with_unknown_key(cloud):
    key = f"arn:aws:kms:{REGION}:{cloud.world.account}:key/00000000-0000-0000-0000-000000000000"
    return refusal(cloud.secretsmanager.create_secret, Name=name("secret"), SecretString="one", KmsKeyId=key)


def policy_without_the_owner(cloud):
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]}
    return refusal(cloud.kms.create_key, Policy=json.dumps(policy))


def deleted_key(cloud):
    key = cloud.key()
    cloud.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return refusal(cloud.kms.enable_key_rotation, KeyId=key)


def encryption_with_deleted_key(cloud):
    key = cloud.key()
    cloud.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return refusal(cloud.kms.encrypt, KeyId=key, Plaintext=b"text")


def key_deleted_too_soon(cloud):
    return refusal(cloud.kms.schedule_key_deletion, KeyId=cloud.key(), PendingWindowInDays=6)


def rotation_too_often(cloud):
    return refusal(cloud.kms.enable_key_rotation, KeyId=cloud.key(), RotationPeriodInDays=89)


def second_alias(cloud):
    alias = f"alias/{name()}"
    cloud.kms.create_alias(AliasName=alias, TargetKeyId=cloud.key())
    return refusal(cloud.kms.create_alias, AliasName=alias, TargetKeyId=cloud.key())


def alias_of_aws(cloud):
    return refusal(cloud.kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=cloud.key())


def full_bucket(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    cloud.s3.put_object(Bucket=bucket, Key="one", Body=b"")
    return refusal(cloud.s3.delete_bucket, Bucket=bucket)


def bucket_with_old_versions(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    cloud.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    cloud.s3.put_object(Bucket=bucket, Key="one", Body=b"")
    cloud.s3.delete_object(Bucket=bucket, Key="one")
    return refusal(cloud.s3.delete_bucket, Bucket=bucket)


def public_policy(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return refusal(cloud.s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(policy))


def object_that_is_there(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    cloud.s3.put_object(Bucket=bucket, Key="one", Body=b"")
    return refusal(cloud.s3.put_object, Bucket=bucket, Key="one", Body=b"", IfNoneMatch="*")


def policy_of_another_bucket(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    root = {"AWS": f"arn:aws:iam::{cloud.world.account}:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "s3:*", "Resource": "arn:aws:s3:::another/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return refusal(cloud.s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(policy))


def table(cloud):
    table = name("table")
    cloud.dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        DeletionProtectionEnabled=True,
    )
    return table


def failed_condition(cloud):
    item = {"TableName": table(cloud), "Item": {"name": {"S": "lock"}}}
    cloud.dynamodb.put_item(**item)
    return refusal(
        cloud.dynamodb.put_item,
        ConditionExpression="attribute_not_exists(#n)",
        ExpressionAttributeNames={"#n": "name"},
        **item,
    )


def protected_table(cloud):
    return refusal(cloud.dynamodb.delete_table, TableName=table(cloud))


def expiry_twice(cloud):
    setting = {"TableName": table(cloud), "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}}
    cloud.dynamodb.update_time_to_live(**setting)
    return refusal(cloud.dynamodb.update_time_to_live, **setting)


def role(cloud):
    role = name("role")
    cloud.iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
    return role


def second_role(cloud):
    return refusal(cloud.iam.create_role, RoleName=role(cloud), AssumeRolePolicyDocument=json.dumps(TRUST))


def role_with_policy(cloud):
    role_name = role(cloud)
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    )
    cloud.iam.put_role_policy(RoleName=role_name, PolicyName="read", PolicyDocument=document)
    return refusal(cloud.iam.delete_role, RoleName=role_name)


def malformed_policy(cloud):
    return refusal(cloud.iam.put_role_policy, RoleName=role(cloud), PolicyName="read", PolicyDocument="{")


def malformed_trust(cloud):
    return refusal(cloud.iam.create_role, RoleName=name("role"), AssumeRolePolicyDocument='{"Version": "2012-10-17"}')


def trust_in_nobody(cloud):
    trust = (
        json.dumps(TRUST).replace("Service", "AWS").replace("ec2.amazonaws.com", "arn:aws:iam::123456789012:role/no")
    )
    return refusal(cloud.iam.create_role, RoleName=name("role"), AssumeRolePolicyDocument=trust)


def linked_role_twice(cloud):
    cloud.iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")
    return refusal(cloud.iam.create_service_linked_role, AWSServiceName="rds.amazonaws.com")


def unknown_topic(cloud):
    topic = f"arn:aws:sns:{REGION}:{cloud.world.account}:nothing"
    return refusal(cloud.sns.publish, TopicArn=topic, Message="text")


def subscription_to_unknown_topic(cloud):
    topic = f"arn:aws:sns:{REGION}:{cloud.world.account}:nothing"
    return refusal(cloud.sns.subscribe, TopicArn=topic, Protocol="email", Endpoint="ops@example.com")


def retention_of_no_choice(cloud):
    group = name("/group")
    cloud.logs.create_log_group(logGroupName=group)
    return refusal(cloud.logs.put_retention_policy, logGroupName=group, retentionInDays=31)


def second_log_group(cloud):
    group = name("/group")
    cloud.logs.create_log_group(logGroupName=group)
    return refusal(cloud.logs.create_log_group, logGroupName=group)


def group_with_unknown_key(cloud):
    key = f"arn:aws:kms:{REGION}:{cloud.world.account}:key/00000000-0000-0000-0000-000000000000"
    return refusal(cloud.logs.create_log_group, logGroupName=name("/group"), kmsKeyId=key)


def full_repository(cloud):
    repository = name("repository")
    cloud.ecr.create_repository(repositoryName=repository)
    upload = cloud.ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    part = {"repositoryName": repository, "uploadId": upload, "partFirstByte": 0, "partLastByte": 1}
    cloud.ecr.upload_layer_part(**part, layerPartBlob=b"{}")
    cloud.ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[CONFIG])
    cloud.ecr.put_image(repositoryName=repository, imageManifest=json.dumps(MANIFEST), imageTag="one")
    return refusal(cloud.ecr.delete_repository, repositoryName=repository)


def malformed_lifecycle(cloud):
    repository = name("repository")
    cloud.ecr.create_repository(repositoryName=repository)
    return refusal(cloud.ecr.put_lifecycle_policy, repositoryName=repository, lifecyclePolicyText='{"rules": [{}]}')


def parameter_that_is_there(cloud):
    parameter = {"Name": f"/slipway/{name()}", "Type": "String", "Value": "one"}
    cloud.ssm.put_parameter(**parameter)
    return refusal(cloud.ssm.put_parameter, **parameter)


def value_against_pattern(cloud):
    parameter = {"Name": f"/slipway/{name()}", "Type": "String", "Value": "1", "AllowedPattern": "^[a-z]+$"}
    return refusal(cloud.ssm.put_parameter, **parameter)


def empty_parameter(cloud):
    return refusal(cloud.ssm.put_parameter, Name=f"/slipway/{name()}", Type="String", Value="")


REFUSALS = {
    secret_in_recovery: "InvalidRequestException",
    second_secret: "ResourceExistsException",
    value_of_deleted_secret: "InvalidRequestException",
    secret_with_unknown_key: "InvalidParameterException",
    policy_without_the_owner: "MalformedPolicyDocumentException",
    deleted_key: "KMSInvalidStateException",
    encryption_with_deleted_key: "KMSInvalidStateException",
    key_deleted_too_soon: "ValidationException",
    rotation_too_often: "ValidationException",
    second_alias: "AlreadyExistsException",
    alias_of_aws: "NotAuthorizedException",
    full_bucket: "BucketNotEmpty",
    bucket_with_old_versions: "BucketNotEmpty",
    public_policy: "AccessDenied",
    object_that_is_there: "PreconditionFailed",
    policy_of_another_bucket: "MalformedPolicy",
    failed_condition: "ConditionalCheckFailedException",
    protected_table: "ValidationException",
    expiry_twice: "ValidationException",
    second_role: "EntityAlreadyExists",
    role_with_policy: "DeleteConflict",
    malformed_policy: "MalformedPolicyDocument",
    malformed_trust: "MalformedPolicyDocument",
    trust_in_nobody: "MalformedPolicyDocument",
    linked_role_twice: "InvalidInput",
    unknown_topic: "NotFound",
    subscription_to_unknown_topic: "NotFound",
    retention_of_no_choice: "InvalidParameterException",
    second_log_group: "ResourceAlreadyExistsException",
    group_with_unknown_key: "InvalidParameterException",
    full_repository: "RepositoryNotEmptyException",
    malformed_lifecycle: "InvalidParameterException",
    parameter_that_is_there: "ParameterAlreadyExists",
    value_against_pattern: "ParameterPatternMismatchException",
    empty_parameter: "ValidationException",
}


@pytest.mark.parametrize(("wrong", "code"), REFUSALS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_refused(cloud, wrong, code):
    assert wrong(cloud) == code
