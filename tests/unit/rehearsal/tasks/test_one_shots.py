"""Tasks that run once: their end, their logs, their secrets, and why they do not start."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest

from tests.unit.rehearsal.tasks.conftest import EXECUTION, REGION, TRUST, Cloud

SHOW = "import os,sys;print(os.environ.get('ANSWER', 'none'));sys.exit(int(os.environ.get('CODE', '0')))"


def show(cloud: Cloud, **more: Any) -> dict[str, Any]:
    """Return a container that prints its ``ANSWER``."""
    return cloud.container(command=["python", "-c", SHOW], portMappings=[], **more)


def logged(cloud: Cloud, task: dict[str, Any]) -> list[str]:
    stream = f"web/web/{task['taskArn'].rsplit('/', 1)[-1]}"
    return [
        event["message"]
        for event in cloud.logs.get_log_events(logGroupName="/shop", logStreamName=stream, startFromHead=True)["events"]
    ]


def test_a_task_ends_with_its_exit_code_and_its_output(cloud: Cloud) -> None:
    override = {"name": "web", "environment": [{"name": "CODE", "value": "7"}, {"name": "ANSWER", "value": "42"}]}
    task = cloud.run(cloud.register(show(cloud)), overrides={"containerOverrides": [override]})
    assert task["containers"][0]["exitCode"] == 7
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert logged(cloud, task) == ["42"]
    assert task["startedAt"] <= task["stoppedAt"]
    assert {one["name"] for one in task["attachments"][0]["details"]} >= {"subnetId", "privateIPv4Address"}
    assert task["containers"][0]["imageDigest"].startswith("sha256:")


def test_a_command_can_be_overridden(cloud: Cloud) -> None:
    override = {"name": "web", "command": ["python", "-c", "print('other')"]}
    task = cloud.run(cloud.register(show(cloud)), overrides={"containerOverrides": [override]})
    assert logged(cloud, task) == ["other"]


def new_role(cloud: Cloud, *statements: dict[str, Any]) -> str:
    policy = {"Version": "2012-10-17", "Statement": [*EXECUTION["Statement"], *statements]}
    return cloud.new_role(f"role-{uuid.uuid4().hex[:8]}", policy)


def with_secret(cloud: Cloud, source: str, role: str) -> dict[str, Any]:
    container = show(cloud, secrets=[{"name": "ANSWER", "valueFrom": source}])
    return cloud.run(cloud.register(container, executionRoleArn=role))


def new_secret(cloud: Cloud, value: str, **more: Any) -> str:
    return str(cloud.secretsmanager.create_secret(Name=uuid.uuid4().hex, SecretString=value, **more)["ARN"])


def test_secrets_are_read_by_arn_key_and_version(cloud: Cloud) -> None:
    arn = new_secret(cloud, json.dumps({"password": "first", "port": 5432}))
    role = new_role(cloud, {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn})
    cloud.secretsmanager.put_secret_value(SecretId=arn, SecretString=json.dumps({"password": "second"}))
    assert logged(cloud, with_secret(cloud, f"{arn}:password::", role)) == ["second"]
    assert logged(cloud, with_secret(cloud, f"{arn}:password:AWSPREVIOUS:", role)) == ["first"]
    assert logged(cloud, with_secret(cloud, arn, role)) == ['{"password": "second"}']
    missing = with_secret(cloud, f"{arn}:user::", role)
    assert missing["stopCode"] == "TaskFailedToStart"
    assert "did not contain json key user" in missing["stoppedReason"]


def test_a_secret_needs_the_permission_of_the_execution_role(cloud: Cloud) -> None:
    arn = new_secret(cloud, "x")
    task = with_secret(cloud, arn, cloud.role)
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets or registry auth")
    assert "is not authorized to perform: secretsmanager:GetSecretValue" in task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]


def test_a_deny_wins(cloud: Cloud) -> None:
    arn = new_secret(cloud, "x")
    allow = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "secretsmanager:Get*", "Resource": arn}
    assert "not authorized" in with_secret(cloud, arn, new_role(cloud, allow, deny))["stoppedReason"]


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({}, True),
        ({"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}, True),
        ({"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, False),
        (None, False),
    ],
)
def test_a_customers_key_must_be_usable(cloud: Cloud, condition: dict[str, Any] | None, *, allowed: bool) -> None:
    key = cloud.kms.create_key()["KeyMetadata"]
    arn = new_secret(cloud, "open", KmsKeyId=key["KeyId"])
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}]
    if condition is not None:
        use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key["Arn"]}
        statements.append({**use, **({"Condition": condition} if condition else {})})
    task = with_secret(cloud, arn, new_role(cloud, *statements))
    if allowed:
        assert logged(cloud, task) == ["open"]
    else:
        assert "Access to KMS is not allowed" in task["stoppedReason"]


def test_parameters_are_read_by_name_and_arn(cloud: Cloud) -> None:
    cloud.ssm.put_parameter(Name="/shop/answer", Value="forty-two", Type="SecureString", Overwrite=True)
    arn = f"arn:aws:ssm:{REGION}:{cloud.world.account}:parameter/shop/answer"
    role = new_role(cloud, {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": arn})
    assert logged(cloud, with_secret(cloud, "/shop/answer", role)) == ["forty-two"]
    assert logged(cloud, with_secret(cloud, arn, role)) == ["forty-two"]
    everything = new_role(cloud, {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"})
    assert "invalid ssm parameters: /shop/none" in with_secret(cloud, "/shop/none", everything)["stoppedReason"]
    assert "ssm:GetParameters" in with_secret(cloud, arn, cloud.role)["stoppedReason"]


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("{uri}:9.9.9", "CannotPullContainerError: .*:9.9.9: not found"),
        ("{uri}@sha256:" + "0" * 64, "CannotPullContainerError: .*: not found"),
        ("{uri}-other:1.0.0", "CannotPullContainerError: .*The repository with name 'shop/web-other' does not exist"),
        ("docker.io/library/redis:7", "CannotPullContainerError: .*: not found"),
    ],
)
def test_an_unknown_image_cannot_be_pulled(cloud: Cloud, image: str, reason: str) -> None:
    task = cloud.run(cloud.register(show(cloud, image=image.format(uri=cloud.uri))))
    assert task["stopCode"] == "TaskFailedToStart"
    assert re.search(reason, task["stoppedReason"])


def test_a_digest_can_be_pulled(cloud: Cloud) -> None:
    task = cloud.run(cloud.register(show(cloud, image=f"{cloud.uri}@{cloud.push('web:1.1.0')}")))
    assert task["containers"][0]["exitCode"] == 0


def test_a_closed_subnet_reaches_no_registry(cloud: Cloud) -> None:
    definition = cloud.register(show(cloud))
    task = cloud.run(definition, networkConfiguration=cloud.network(subnets=[cloud.closed]))
    assert "The task cannot pull registry auth from Amazon ECR" in task["stoppedReason"]
    without_address = cloud.run(definition, networkConfiguration=cloud.network(public=False))
    assert "The task cannot pull registry auth from Amazon ECR" in without_address["stoppedReason"]


def test_a_role_must_exist_for_the_log_group(cloud: Cloud) -> None:
    bare = cloud.new_role(
        f"bare-{uuid.uuid4().hex[:8]}", {"Version": "2012-10-17", "Statement": EXECUTION["Statement"][:2]}
    )
    assert "logs:CreateLogStream" in cloud.run(cloud.register(show(cloud), executionRoleArn=bare))["stoppedReason"]
    container = show(cloud)
    container["logConfiguration"]["options"]["awslogs-group"] = "/none"
    reason = cloud.run(cloud.register(container))["stoppedReason"]
    assert "The specified log group does not exist" in reason


def test_stopping_a_task_ends_it_gently(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    definition = cloud.register()
    started = cloud.ecs.run_task(
        cluster=cluster, taskDefinition=definition, launchType="FARGATE", networkConfiguration=cloud.network()
    )["tasks"][0]
    assert started["lastStatus"] == "PROVISIONING"
    running = cloud.until_task(cluster, started["taskArn"], "RUNNING")
    details = {one["name"]: one["value"] for one in running["attachments"][0]["details"]}
    assert '"version":"1.0.0"' in cloud.ask(details["privateIPv4Address"], "/version")
    cloud.ecs.stop_task(cluster=cluster, task=started["taskArn"], reason="enough")
    stopped = cloud.until_task(cluster, started["taskArn"], "STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough")
    assert stopped["containers"][0]["exitCode"] == 0
    assert cloud.ecs.list_tasks(cluster=cluster)["taskArns"] == []
    assert cloud.ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"] == [started["taskArn"]]


def test_who_does_not_end_is_killed(cloud: Cloud) -> None:
    stubborn = "import signal,time;signal.signal(signal.SIGTERM, signal.SIG_IGN);print('up', flush=True);time.sleep(60)"
    container = cloud.container(command=["python", "-c", stubborn], portMappings=[], stopTimeout=2)
    cluster, definition = cloud.cluster(), cloud.register(container)
    task = cloud.ecs.run_task(
        cluster=cluster, taskDefinition=definition, launchType="FARGATE", networkConfiguration=cloud.network()
    )["tasks"][0]
    cloud.until_task(cluster, task["taskArn"], "RUNNING")
    cloud.ecs.stop_task(cluster=cluster, task=task["taskArn"])
    assert cloud.until_task(cluster, task["taskArn"], "STOPPED")["containers"][0]["exitCode"] == 137


def test_who_takes_too_much_memory_is_killed(cloud: Cloud) -> None:
    hungry = "import time;x = bytearray(700 << 20);time.sleep(60)"
    task = cloud.run(cloud.register(cloud.container(command=["python", "-c", hungry], portMappings=[])))
    container = task["containers"][0]
    assert (container["exitCode"], container["reason"]) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )


def test_containers_start_in_order(cloud: Cloud) -> None:
    first = show(cloud, name="first", essential=False)
    second = show(cloud, dependsOn=[{"containerName": "first", "condition": "SUCCESS"}])
    task = cloud.run(cloud.register(first, second))
    assert [one["exitCode"] for one in task["containers"]] == [0, 0]


def test_trust_is_checked(cloud: Cloud) -> None:
    other = json.loads(json.dumps(TRUST).replace("ecs-tasks", "lambda"))
    role = cloud.new_role(f"trust-{uuid.uuid4().hex[:8]}", EXECUTION, other)
    task = cloud.run(cloud.register(show(cloud), executionRoleArn=role))
    assert "ECS was unable to assume the role" in task["stoppedReason"]
