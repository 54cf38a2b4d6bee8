"""What stands before the API: it keeps what calls needed, and lets policies decide about them."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.authorization.gate import DEPLOYER, Gate
from tests.unit.rehearsal.control.cloud import REGION, name

OURS = {"environment": "dev"}
LISTED = [{"Key": "environment", "Value": "dev"}]
PLACE = f"{REGION}:123456789012"


@pytest.fixture
def gate(cloud):
    """A gate that records, open to everybody."""
    cloud.world.gate = Gate(cloud.world, None, record=True)
    yield cloud.world.gate
    cloud.world.gate = None


@pytest.fixture
def client(cloud):
    """What makes clients of whose calls policies decide."""
    session = boto3.session.Session(DEPLOYER, "any", region_name=REGION)
    return lambda service: session.client(service, endpoint_url=cloud.world.endpoint)


def api(client):
    made = client("apigatewayv2").create_api(Name=name(), ProtocolType="HTTP", Tags=OURS)["ApiId"]
    client("apigatewayv2").get_api(ApiId=made)
    return "apigateway:GET", f"arn:aws:apigateway:{REGION}::/apis/{made}"


def file_system(client):
    made = client("efs").create_file_system(CreationToken=name(), Tags=LISTED)["FileSystemId"]
    client("efs").delete_file_system(FileSystemId=made)
    return "elasticfilesystem:DeleteFileSystem", f"arn:aws:elasticfilesystem:{PLACE}:file-system/{made}"


def key(client):
    tags = [{"TagKey": "environment", "TagValue": "dev"}]
    made = client("kms").create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    client("kms").get_key_policy(KeyId=made, PolicyName="default")
    return "kms:GetKeyPolicy", f"arn:aws:kms:{PLACE}:key/{made}"


def plan(client):
    rule = {"RuleName": "daily", "TargetBackupVaultName": "Default", "ScheduleExpression": "cron(0 5 * * ? *)"}
    given = {"BackupPlan": {"BackupPlanName": name(), "Rules": [rule]}, "BackupPlanTags": OURS}
    client("backup").create_backup_vault(BackupVaultName="Default")
    made = client("backup").create_backup_plan(**given)["BackupPlanId"]
    client("backup").get_backup_plan(BackupPlanId=made)
    return "backup:GetBackupPlan", f"arn:aws:backup:{PLACE}:backup-plan:{made}"


@pytest.mark.parametrize("thing", [api, file_system, key, plan])
def test_the_tags_of_what_has_an_id_only_are_kept(gate, client, thing):
    action, resource = thing(client)
    kept = {(one["action"], one["resource"]): one["context"] for one in gate.order_needed()}
    assert kept[action, resource]["aws:ResourceTag/environment"] == ("dev",)


def test_a_key_is_kept_by_the_services_that_use_it(gate, client):
    made = client("kms").create_key()["KeyMetadata"]["Arn"]
    client("ecr").create_repository(
        repositoryName=name(), encryptionConfiguration={"encryptionType": "KMS", "kmsKey": made}
    )
    client("backup").create_backup_vault(BackupVaultName=name(), EncryptionKeyArn=made)
    kept = [one["context"]["kms:ViaService"] for one in gate.order_needed() if one["action"] == "kms:CreateGrant"]
    assert sorted(kept) == [(f"{service}.{REGION}.amazonaws.com",) for service in ("backup", "ecr")]


def register(scaling, service, **more):
    """Register what scales a service, between one task and two."""
    place = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    return scaling.register_scalable_target(
        **place, ResourceId=f"service/slipway-dev/{service}", MinCapacity=1, MaxCapacity=2, **more
    )["ScalableTargetARN"]


def test_what_one_call_has_of_tags_is_no_condition_of_another(gate, client):
    service, scaling = name(), client("application-autoscaling")
    made = register(scaling, service, Tags=OURS)
    register(scaling, service)
    kept = [one for one in gate.order_needed() if one["action"] == "application-autoscaling:RegisterScalableTarget"]
    tags = {one["resource"]: {key for key in one["context"] if "Tag/" in key} for one in kept}
    assert tags == {
        f"arn:aws:application-autoscaling:{PLACE}:scalable-target/*": {"aws:RequestTag/environment"},
        made: {"aws:ResourceTag/environment"},
    }


def test_tags_of_a_request_are_kept_apart_from_none(gate, client):
    topic, sns = name(), client("sns")
    sns.create_topic(Name=topic, Tags=LISTED)
    sns.create_topic(Name=topic)
    kept = [one["context"] for one in gate.order_needed() if one["action"] == "sns:CreateTopic"]
    assert sorted("aws:RequestTag/environment" in one for one in kept) == [False, True]


@pytest.mark.parametrize(("kind", "wanted"), [("BASIC", set()), ("ENHANCED", {"ListCoverage", "ListFindings"})])
def test_who_reads_what_inspector_has_found_must_be_allowed_to_ask_inspector(gate, client, cloud, kind, wanted):
    cloud.ecr.put_registry_scanning_configuration(scanType=kind, rules=[])
    repository = name()
    cloud.ecr.create_repository(repositoryName=repository)
    with pytest.raises(ClientError):
        client("ecr").describe_image_scan_findings(repositoryName=repository, imageId={"imageTag": "1"})
    cloud.ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])
    needed = {one["action"]: one["resource"] for one in gate.order_needed()}
    assert {one: where for one, where in needed.items() if one.startswith("inspector2:")} == {
        f"inspector2:{one}": "*" for one in wanted
    }


def test_a_refusal_names_the_action_and_the_resource(gate, client, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Statement": [{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}]}))
    gate.order_follow([str(path)])
    assert client("sns").list_topics()["Topics"] is not None
    with pytest.raises(ClientError, match=f"sns:CreateTopic on resource: arn:aws:sns:{PLACE}:a because no identity"):
        client("sns").create_topic(Name="a")
    gate.order_follow(None)
    assert client("sns").create_topic(Name="a")["TopicArn"]


def test_others_are_not_asked(gate, cloud, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Statement": []}))
    gate.order_follow([str(path)])
    assert cloud.sns.create_topic(Name=name("topic"))["TopicArn"]
    assert gate.order_needed() == []


def test_who_one_is_may_be_asked_without_any_right(cloud, client, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text('{"Statement": []}')
    cloud.world.gate = Gate(cloud.world, [policy], record=True)
    assert client("sts").get_caller_identity()["Account"] == "123456789012"
    assert cloud.world.gate.order_needed() == []
    cloud.world.gate = None
