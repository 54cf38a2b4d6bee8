"""What is set on keys, buckets, tables, secrets and parameters is described."""

import json

import pytest

from tests.unit.rehearsal.control.cloud import differences, name

TAGS = [{"Key": "project", "Value": "slipway"}]
KMS_TAGS = [{"TagKey": "project", "TagValue": "slipway"}]


def policy(cloud, resource="*"):
    root = f"arn:aws:iam::{cloud.world.account}:root"
    allow = {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "*", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [allow]}


def log_policy(cloud, bucket):
    """What S3 needs to write access logs into a bucket."""
    wanted = policy(cloud, f"arn:aws:s3:::{bucket}/*")
    logs = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    return {**wanted, "Statement": [*wanted["Statement"], {**logs, "Resource": f"arn:aws:s3:::{bucket}/*"}]}


def key(cloud):
    wanted = policy(cloud)
    made = cloud.kms.create_key(Description="Data of dev", Policy=json.dumps(wanted), Tags=KMS_TAGS)["KeyMetadata"]
    key_id = made["KeyId"]
    alias = f"alias/{name()}"
    cloud.kms.create_alias(AliasName=alias, TargetKeyId=key_id)
    cloud.kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=180)
    found = {
        **cloud.kms.describe_key(KeyId=alias)["KeyMetadata"],
        **cloud.kms.get_key_rotation_status(KeyId=key_id),
        "Policy": json.loads(cloud.kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]),
        "Tags": cloud.kms.list_resource_tags(KeyId=key_id)["Tags"],
        "Aliases": cloud.kms.list_aliases(KeyId=key_id)["Aliases"],
    }
    return found, {
        "KeyId": key_id,
        "Description": "Data of dev",
        "KeyState": "Enabled",
        "Enabled": True,
        "KeyManager": "CUSTOMER",
        "Origin": "AWS_KMS",
        "MultiRegion": False,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": 180,
        "Policy": wanted,
        "Tags": KMS_TAGS,
        "Aliases": [{"AliasName": alias, "TargetKeyId": key_id}],
    }


def changed_key(cloud):
    key_id = cloud.key()
    cloud.kms.update_key_description(KeyId=key_id, Description="New")
    cloud.kms.disable_key(KeyId=key_id)
    return cloud.kms.describe_key(KeyId=key_id)["KeyMetadata"], {"Description": "New", "KeyState": "Disabled"}


def deleted_key(cloud):
    key_id = cloud.key()
    cloud.kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    found = cloud.kms.describe_key(KeyId=key_id)["KeyMetadata"]
    return {**found, "Dated": "DeletionDate" in found}, {"KeyState": "PendingDeletion", "Dated": True}


def bucket(cloud):
    bucket, kms = name("bucket"), cloud.key()
    cloud.s3.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerEnforced")
    settings = {
        "policy": {"Policy": json.dumps(log_policy(cloud, bucket))},
        "encryption": {
            "ServerSideEncryptionConfiguration": {
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms},
                        "BucketKeyEnabled": True,
                    }
                ]
            }
        },
        "versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "lifecycle_configuration": {
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "expire",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "logs/"},
                        "Expiration": {"Days": 90},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
                    }
                ]
            }
        },
        "logging": {
            "BucketLoggingStatus": {
                "LoggingEnabled": {
                    "TargetBucket": bucket,
                    "TargetPrefix": "access/",
                    "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
                }
            }
        },
        "ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "tagging": {"Tagging": {"TagSet": TAGS}},
    }
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True}
    block["RestrictPublicBuckets"] = True
    for kind, parameters in settings.items():
        getattr(cloud.s3, f"put_bucket_{kind}")(Bucket=bucket, **parameters)
    cloud.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    found = {kind: getattr(cloud.s3, f"get_bucket_{kind}")(Bucket=bucket) for kind in settings}
    found["public"] = cloud.s3.get_public_access_block(Bucket=bucket)
    return found, {
        "encryption": settings["encryption"],
        "versioning": {"Status": "Enabled"},
        "lifecycle_configuration": settings["lifecycle_configuration"]["LifecycleConfiguration"],
        "logging": settings["logging"]["BucketLoggingStatus"],
        "ownership_controls": settings["ownership_controls"],
        "tagging": {"TagSet": TAGS},
        "policy": settings["policy"],
        "public": {"PublicAccessBlockConfiguration": block},
    }


def new_bucket(cloud):
    """Since 2023 a new bucket is encrypted, private and owned by its account without being told."""
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    found = {
        **cloud.s3.get_bucket_encryption(Bucket=bucket),
        **cloud.s3.get_public_access_block(Bucket=bucket),
        **cloud.s3.get_bucket_ownership_controls(Bucket=bucket),
    }
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return found, {
        "ServerSideEncryptionConfiguration": {"Rules": [rule]},
        "PublicAccessBlockConfiguration": block,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    }


def stored_object(cloud):
    bucket = name("bucket")
    cloud.s3.create_bucket(Bucket=bucket)
    cloud.s3.put_object(Bucket=bucket, Key="a/b.json", Body=b"{}", ContentType="application/json", IfNoneMatch="*")
    found = cloud.s3.get_object(Bucket=bucket, Key="a/b.json")
    found = {"Body": found["Body"].read(), "ContentType": found["ContentType"], "Sse": found["ServerSideEncryption"]}
    return found, {"Body": b"{}", "ContentType": "application/json", "Sse": "AES256"}


def table(cloud):
    kms, table = cloud.key(), name("table")
    settings = {
        "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
    }
    cloud.dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": kms},
        DeletionProtectionEnabled=True,
        TableClass="STANDARD",
        Tags=TAGS,
        **settings,
    )
    cloud.dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    cloud.dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 14},
    )
    found = cloud.dynamodb.describe_table(TableName=table)["Table"]
    backups = cloud.dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    found = {
        **found,
        **cloud.dynamodb.describe_time_to_live(TableName=table),
        **cloud.dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"]),
        **backups,
    }
    return found, {
        **settings,
        "TableStatus": "ACTIVE",
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": kms},
        "DeletionProtectionEnabled": True,
        "TableClassSummary": {"TableClass": "STANDARD"},
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"},
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 14},
        "Tags": TAGS,
    }


def secret(cloud):
    kms, secret = cloud.key(), name("secret")
    settings = {"Description": "Of dev", "KmsKeyId": kms, "Tags": TAGS}
    cloud.secretsmanager.create_secret(Name=secret, SecretString="one", **settings)
    wanted = policy(cloud)
    cloud.secretsmanager.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(wanted))
    found = {
        **cloud.secretsmanager.describe_secret(SecretId=secret),
        "Value": cloud.secretsmanager.get_secret_value(SecretId=secret)["SecretString"],
        "Policy": json.loads(cloud.secretsmanager.get_resource_policy(SecretId=secret)["ResourcePolicy"]),
    }
    return found, {**settings, "Value": "one", "Policy": wanted}


def changed_secret(cloud):
    kms, secret = cloud.key(), name("secret")
    cloud.secretsmanager.create_secret(Name=secret, SecretString="one")
    cloud.secretsmanager.update_secret(SecretId=secret, Description="New", KmsKeyId=kms)
    cloud.secretsmanager.put_secret_value(SecretId=secret, SecretString="two")
    previous = cloud.secretsmanager.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")
    found = {
        **cloud.secretsmanager.describe_secret(SecretId=secret),
        "Value": cloud.secretsmanager.get_secret_value(SecretId=secret)["SecretString"],
        "Previous": previous["SecretString"],
    }
    return found, {"Description": "New", "KmsKeyId": kms, "Value": "two", "Previous": "one"}


def parameter(cloud):
    settings = {"Name": f"/slipway/{name()}", "Type": "String", "Tier": "Standard", "DataType": "text"}
    cloud.ssm.put_parameter(Value="one", Description="Of dev", AllowedPattern="^[a-z]+$", Tags=TAGS, **settings)
    cloud.ssm.put_parameter(Value="two", Overwrite=True, Name=settings["Name"])
    filters = [{"Key": "Name", "Values": [settings["Name"]]}]
    tags = cloud.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=settings["Name"])
    found = {
        **cloud.ssm.describe_parameters(ParameterFilters=filters)["Parameters"][0],
        **cloud.ssm.get_parameter(Name=settings["Name"])["Parameter"],
        "Tags": tags["TagList"],
    }
    return found, {**settings, "Value": "two", "Version": 2, "Tags": TAGS}


def secure_parameter(cloud):
    kms, parameter = cloud.key(), f"/slipway/{name()}"
    cloud.ssm.put_parameter(Name=parameter, Value="one", Type="SecureString", KeyId=kms)
    filters = [{"Key": "Name", "Values": [parameter]}]
    found = cloud.ssm.describe_parameters(ParameterFilters=filters)["Parameters"][0]
    plain = cloud.ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    return {**found, "Value": plain}, {"KeyId": kms, "Type": "SecureString", "Value": "one"}


@pytest.mark.parametrize(
    "thing",
    [
        key,
        changed_key,
        deleted_key,
        bucket,
        new_bucket,
        stored_object,
        table,
        secret,
        changed_secret,
        parameter,
        secure_parameter,
    ],
)
def test_kept(cloud, thing):
    found, expected = thing(cloud)
    assert not differences(found, expected)
