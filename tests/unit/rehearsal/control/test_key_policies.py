"""The policies of keys decide about calls, whoever makes them: those that prod declares let through what it does."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rehearsal.authorization.gate import Gate
from tests.unit.rehearsal.control.cloud import REGION, name

ROOT = Path(__file__).parents[4]
SESSION = {"aws:ssm:SessionId": "ecs-execute-command-1", "aws:ssm:TargetId": "ecs:slipway-prod_1f_2e"}
RDS = {"DBInstanceClass": "db.t3.micro", "Engine": "postgres", "AllocatedStorage": 20, "MasterUsername": "root"}
PASSWORD = {"MasterUserPassword": "long-enough"}


@cache
def statements():
    """The statements of the data key's policy."""
    command = [sys.executable, "tools/rendered.py", json.dumps([["prod", {}, ["service"], ["keys"]]])]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [one for one in json.loads(told)[0]["keys"] if (one["type"], one["name"]) == ("kms_key", "data")]
    text = json.dumps(found[0]["properties"]["Policy"]["Statement"])
    for key, value in {"partition": "aws", "account": "123456789012", "region": REGION}.items():
        text = text.replace(f"${{cloud.current.{key}}}", value)
    return json.loads(text)


@pytest.fixture
def new_key(cloud):
    """What makes a key with the data key's policy, but for the statements named."""
    cloud.world.gate = Gate(cloud.world, None, record=False)

    def make(*without):
        kept = [one for one in statements() if one["Sid"] not in without]
        policy = json.dumps({"Version": "2012-10-17", "Statement": kept})
        return cloud.kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]

    yield make
    cloud.world.gate = None


def file_system(cloud, key):
    cloud.efs.create_file_system(CreationToken=name(), Encrypted=True, KmsKeyId=key)


def repository(cloud, key):
    encryption = {"encryptionType": "KMS", "kmsKey": key}
    cloud.ecr.create_repository(repositoryName=name(), encryptionConfiguration=encryption)


def secret(cloud, key):
    cloud.secretsmanager.create_secret(Name=name(), SecretString="x", KmsKeyId=key)


def database(cloud, key):
    cloud.rds.create_db_instance(
        DBInstanceIdentifier=name("db"), KmsKeyId=key, StorageEncrypted=True, **RDS, **PASSWORD
    )


def vault(cloud, key):
    cloud.backup.create_backup_vault(BackupVaultName=name(), EncryptionKeyArn=key)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (file_system, "AccessDeniedException"),
        (repository, "KmsException"),
        (secret, "AccessDeniedException"),
        (database, "KMSKeyNotAccessibleFault"),
        (vault, "AccessDeniedException"),
    ],
)
def test_services_use_the_key_that_lets_them(cloud, new_key, make, code):
    make(cloud, new_key())
    with pytest.raises(ClientError) as refused:
        make(cloud, new_key("UseThroughStorage", "GrantsForStorage"))
    assert refused.value.response["Error"]["Code"] == code


def test_only_sessions_use_the_key_directly(cloud, new_key):
    key = new_key()
    made = cloud.kms.generate_data_key(KeyId=key, NumberOfBytes=64, EncryptionContext=SESSION)
    cloud.kms.decrypt(KeyId=key, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=SESSION)
    for more in ({}, {"EncryptionContext": {**SESSION, "aws:ssm:TargetId": "ecs:slipway-dev_1f_2e"}}):
        with pytest.raises(ClientError, match="no resource-based policy allows the kms:GenerateDataKey"):
            cloud.kms.generate_data_key(KeyId=key, NumberOfBytes=64, **more)
