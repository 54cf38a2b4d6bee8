"""What happens before a task's first process: roles assumed, images pulled, secrets read, log streams made.

Each step is refused as the Fargate agent refuses it, with its text in ``stoppedReason``.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.tasks import endpoints, network, permissions
from rehearsal.tasks.model import Container, Task, TaskFailed
from rehearsal.tasks.registry import FAILED, PullError, Reference, pull
from rehearsal.world import World

INIT = "ResourceInitializationError:"
_AUTH = f"{INIT} unable to pull secrets or registry auth:"
_RETRIEVAL = f"{_AUTH} execution resource retrieval failed:"
#: Image layers lie in S3, so a private pull needs all three.
PULL_ENDPOINTS = {"ecr.api": "api.ecr", "ecr.dkr": "dkr.ecr", "s3": "s3"}


class Preparation:
    """Prepares tasks.

    Args:
        world: the local cloud.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def prepare(self, task: Task) -> None:
        """Fill in images, environments and log streams of a task's containers.

        Raises:
            TaskFailed: as AWS would stop the task.
        """
        self._assume(task)
        for container in task.containers:
            self._pull(task, container)
        for container in task.containers:
            container.environment = self._environment(task, container)
        for container in task.containers:
            self._prepare_log(task, container)

    # Roles

    def _execution_role(self, task: Task) -> str:
        override = task.request.get("overrides", {}).get("executionRoleArn")
        return str(override or task.definition.get("executionRoleArn", ""))

    def _assume(self, task: Task) -> None:
        override = task.request.get("overrides", {}).get("taskRoleArn")
        check_roles(self.world, [self._execution_role(task), override or task.definition.get("taskRoleArn")])

    def _require(self, task: Task, action: str, resource: str, prefix: str) -> None:
        arn = self._execution_role(task)
        if not endpoints.lets(self.world, _interface(task), action, resource, arn):
            raise TaskFailed(f"{prefix} {_denied(task, arn, action, resource, 'VPC endpoint')}")
        if not permissions.may(self.world, arn, action, resource):
            raise TaskFailed(f"{prefix} {_denied(task, arn, action, resource, 'identity-based')}")

    # Images

    def _pull(self, task: Task, container: Container) -> None:
        reference = Reference.parse(container.definition["image"])
        if reference.region:
            self._log_in(task, reference)
        elif not network.reaches_internet(self.world, _interface(task)):
            timeout = _timeout(reference.host)
            raise TaskFailed(f"{FAILED} failed to resolve ref {reference.text}: failed to do request: Head: {timeout}")
        try:
            container.image = pull(self.world, reference)
        except PullError as error:
            raise TaskFailed(str(error)) from None
        if reference.region == task.region:  # the way to S3 of another region is no endpoint's
            self._check_layers(task)

    def _log_in(self, task: Task, reference: Reference) -> None:
        for service, host in PULL_ENDPOINTS.items():
            if network.reaches(self.world, _interface(task), service):
                continue
            name = f"{host}.{reference.region}.amazonaws.com"
            if service == "ecr.api":
                raise TaskFailed(
                    f"{_AUTH} The task cannot pull registry auth from Amazon ECR: There is a connection issue between "
                    "the task and Amazon ECR. Check your task network configuration. RequestError: send request failed "
                    f'caused by: Post "https://{name}/": {_timeout(name)}'
                )
            raise TaskFailed(f"{FAILED} failed to resolve ref {reference.text}: failed to do request: {_timeout(name)}")
        prefix = f"{_RETRIEVAL} unable to retrieve ecr registry auth: service call has been retried 1 time(s):"
        self._require(task, "ecr:GetAuthorizationToken", "*", prefix)
        arn = f"arn:aws:ecr:{reference.region}:{self.world.account}:repository/{reference.name}"
        for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
            self._require(task, action, arn, f"{FAILED} failed to resolve ref {reference.text}: 403 Forbidden:")

    def _check_layers(self, task: Task) -> None:
        """Refuse when the way to S3 stops what ECR has signed."""
        if not endpoints.lets_layers(self.world, _interface(task)):
            host = f"{endpoints.LAYERS.format(region=task.region)}.s3.{task.region}.amazonaws.com"
            raise TaskFailed(
                f"{FAILED} failed to copy: httpReadSeeker: failed open: unexpected status code https://{host}/: "
                "403 Forbidden"
            )

    # Environment

    def _environment(self, task: Task, container: Container) -> dict[str, str]:
        override = override_of(task, container.name)
        image = container.image.environment if container.image else {}
        plain = [*container.definition.get("environment", []), *override.get("environment", [])]
        secrets = container.definition.get("secrets", [])
        return {
            **image,
            **{entry["name"]: entry["value"] for entry in plain},
            **{entry["name"]: self._secret(task, entry["valueFrom"]) for entry in secrets},
        }

    def _secret(self, task: Task, source: str) -> str:
        if source.startswith("arn:") and source.split(":")[2] == "secretsmanager":
            return self._from_secrets_manager(task, source)
        return self._from_parameter_store(task, source)

    def _from_secrets_manager(self, task: Task, source: str) -> str:
        parts = [*source.split(":"), "", "", ""][:10]
        arn, key, stage, version = ":".join(parts[:7]), parts[7], parts[8], parts[9]
        asm = f"{_RETRIEVAL} unable to retrieve secret from asm:"
        if not network.reaches(self.world, _interface(task), "secretsmanager"):
            host = f"secretsmanager.{task.region}.amazonaws.com"
            raise TaskFailed(
                f"{_AUTH} unable to retrieve secret from asm: There is a connection issue between the task and AWS "
                "Secrets Manager. Check your task network configuration. failed to fetch secret "
                f'{source} from secrets manager: RequestCanceled: Post "https://{host}/": {_timeout(host)}'
            )
        failed = f"{asm} service call has been retried 1 time(s): failed to fetch secret {source} from secrets manager:"
        self._require(task, "secretsmanager:GetSecretValue", arn, failed)
        text = self._read_secret(task, arn, version, stage, failed)
        return text if not key else _key_of(text, key, f"{asm} retrieved secret from Secrets Manager did not contain")

    def _read_secret(self, task: Task, arn: str, version: str, stage: str, failed: str) -> str:
        backend = self.world.backend("secretsmanager", task.region)
        try:
            answer = backend.get_secret_value(arn, version or None, stage or None)
            secret = backend.secrets[arn]
        except (ServiceException, KeyError):
            raise TaskFailed(
                f"{failed} ResourceNotFoundException: Secrets Manager can't find the specified secret."
            ) from None
        self._decrypt(task, secret.kms_key_id, "secretsmanager", failed)
        self.world.kept("secretsmanager.read")[secret.arn] = self.world.clock.now()
        return str(answer.get("SecretString", ""))

    def _from_parameter_store(self, task: Task, source: str) -> str:
        name = "/" + source.split(":parameter/", 1)[1] if ":parameter/" in source else source
        failed = f"{_RETRIEVAL} unable to retrieve secrets from ssm: service call has been retried 1 time(s):"
        if not network.reaches(self.world, _interface(task), "ssm"):
            host = f"ssm.{task.region}.amazonaws.com"
            raise TaskFailed(f'{failed} RequestCanceled: Post "https://{host}/": {_timeout(host)}')
        backend = self.world.backend("ssm", task.region)
        parameter = backend.get_parameter(name) or backend.get_parameter(name.removeprefix("/"))
        found = parameter.name if parameter else name
        arn = f"arn:aws:ssm:{task.region}:{self.world.account}:parameter/{found.removeprefix('/')}"
        self._require(task, "ssm:GetParameters", arn, failed)
        if parameter is None:
            raise TaskFailed(f"{_RETRIEVAL} unable to retrieve secrets from ssm: invalid ssm parameters: {source}")
        if parameter.parameter_type == "SecureString":
            self._decrypt(task, parameter.keyid, "ssm", failed)
        return str(parameter.response_object(decrypt=True)["Value"])

    def _decrypt(self, task: Task, key_id: str | None, service: str, failed: str) -> None:
        """Check the use of a customer's key; AWS's own are open to everyone who may read the secret."""
        if not key_id or key_id.startswith("alias/aws/") or ":alias/aws/" in key_id:
            return
        backend = self.world.backend("kms", task.region)
        key = backend.keys.get(backend.any_id_to_key_id(key_id))
        arn = self._execution_role(task)
        if key is None or not key.enabled or not permissions.may_decrypt(self.world, arn, key, service):
            resource = key.arn if key else key_id
            raise TaskFailed(f"{failed} AccessDeniedException: Access to KMS is not allowed: {resource}")

    # Logs

    def _prepare_log(self, task: Task, container: Container) -> None:
        configuration = container.definition.get("logConfiguration") or {}
        if configuration.get("logDriver") != "awslogs":
            return
        options = configuration.get("options", {})
        group, region = options["awslogs-group"], options["awslogs-region"]
        stream = f"{options['awslogs-stream-prefix']}/{container.name}/{task.id}"
        failed = (
            f"{INIT} failed to validate logger args: create stream has been retried 1 times: failed to create "
            "Cloudwatch log stream:"
        )
        if not network.reaches(self.world, _interface(task), "logs"):
            host = f"logs.{region}.amazonaws.com"
            raise TaskFailed(
                f'{failed} RequestError: send request failed caused by: Post "https://{host}/": {_timeout(host)}'
            )
        arn = f"arn:aws:logs:{region}:{self.world.account}:log-group:{group}"
        backend = self.world.backend("logs", region)
        if group not in backend.groups and options.get("awslogs-create-group") == "true":
            self._require(task, "logs:CreateLogGroup", arn, failed)
            backend.create_log_group(group, {})
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            self._require(task, action, f"{arn}:log-stream:{stream}", failed)
        if group not in backend.groups:
            raise TaskFailed(
                f"{failed} ResourceNotFoundException: The specified log group does not exist. : exit status 1"
            )
        container.log = (group, stream)


def check_roles(world: World, arns: Sequence[str | None]) -> None:
    """Refuse roles that ECS cannot assume.

    Raises:
        TaskFailed: there is no such role, or it trusts somebody else.
    """
    for arn in filter(None, arns):
        found = permissions.role(world, arn)
        if found is None or not permissions.trusts(found, permissions.TASKS):
            raise TaskFailed(
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions and that your IAM user has "
                "permissions to pass this role."
            )


def override_of(task: Task, name: str) -> dict[str, Any]:
    """Return the overrides of a container."""
    overrides = task.request.get("overrides", {}).get("containerOverrides", [])
    return next((one for one in overrides if one.get("name") == name), {})


def _interface(task: Task) -> network.Interface:
    assert task.interface is not None  # noqa: S101  it got one when it was provisioned
    return task.interface


def _timeout(host: str) -> str:
    return f"dial tcp: {host}:443: i/o timeout"


def _denied(task: Task, arn: str, action: str, resource: str, policy: str) -> str:
    user = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/", 1)
    return (
        f"AccessDeniedException: User: {user}/{task.id} is not authorized to perform: {action} on resource: {resource} "
        f"because no {policy} policy allows the {action} action"
    )


def _key_of(text: str, key: str, prefix: str) -> str:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or key not in values:
        raise TaskFailed(f"{prefix} json key {key}")
    value = values[key]
    return value if isinstance(value, str) else json.dumps(value)
