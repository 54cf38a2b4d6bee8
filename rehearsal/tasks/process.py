"""Containers as processes: their environment, secrets and logs."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import IO, Any

from rehearsal.tasks.images import Image
from rehearsal.tasks.model import Container, Task
from rehearsal.tasks.permissions import RoleError, allowed
from rehearsal.world import World

ROOT = Path(__file__).parents[2]


class ResourceError(Exception):
    """Something a task needs before it can start; the text is what ECS shows."""


def start(world: World, task: Task, container: Container, definition: dict[str, Any], image: Image) -> None:
    """Start a container's process.

    Raises:
        ResourceError: a secret or the log group cannot be had.
        UnknownImageError: the image lacks the program.
    """
    override = _override(task, container.name)
    command = override.get("command") or [*definition.get("entryPoint", []), *definition.get("command", [])]
    argv = image.argv(command)
    environment = _environment(world, task, definition, image, override)
    sink = _log_sink(world, task, container, definition)
    container.process = world.spawn(
        argv, env=environment, stdout=subprocess.PIPE if sink else subprocess.DEVNULL, cwd=ROOT
    )
    if sink and container.process.stdout:
        threading.Thread(target=_copy_lines, args=(container.process.stdout, sink), daemon=True).start()


def _override(task: Task, name: str) -> dict[str, Any]:
    overrides = task.request.get("overrides", {}).get("containerOverrides", [])
    return next((entry for entry in overrides if entry["name"] == name), {})


def _environment(
    world: World, task: Task, definition: dict[str, Any], image: Image, override: dict[str, Any]
) -> dict[str, str]:
    """Return what the process sees: nothing of this machine but the paths that make it run."""
    machine = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
        # A container listens on all addresses of a network of its own; here one address stands for that network.
        "HOST": task.address,
        "REHEARSAL_TIME_SCALE": f"{world.clock.scale:g}",
        "AWS_ENDPOINT_URL": world.endpoint,
        "AWS_REGION": task.region,
    }
    declared = {entry["name"]: entry["value"] for entry in definition.get("environment", [])}
    secrets = {entry["name"]: secret(world, task, entry["valueFrom"]) for entry in definition.get("secrets", [])}
    extra = {entry["name"]: entry["value"] for entry in override.get("environment", [])}
    return {**machine, **image.environment, **declared, **secrets, **extra}


def secret(world: World, task: Task, reference: str) -> str:
    """Return a secret's value, as the execution role may read it.

    Raises:
        ResourceError: it may not, or there is no such secret, version or key.
    """
    role = task.definition.get("executionRoleArn", "")
    if ":secretsmanager:" in reference:
        return _from_secrets_manager(world, task, role, reference)
    name = reference.split(":parameter", 1)[-1] if reference.startswith("arn:") else reference
    arn = f"arn:aws:ssm:{task.region}:{world.account}:parameter/{name.lstrip('/')}"
    _demand(world, role, "ssm:GetParameters", arn)
    found = world.backend("ssm", task.region).get_parameters([name, name.lstrip("/")])
    if not found:
        raise ResourceError(_unable(f"invalid ssm parameters: {name}"))
    return str(next(iter(found.values())).value)


def _from_secrets_manager(world: World, task: Task, role: str, reference: str) -> str:
    parts = reference.split(":")
    arn, (key, stage, version) = ":".join(parts[:7]), ([*parts[7:], "", "", ""])[:3]
    _demand(world, role, "secretsmanager:GetSecretValue", arn)
    backend = world.backend("secretsmanager", task.region)
    try:
        stored = backend.get_secret_value(arn, version or None, stage or None)
    except Exception as error:
        raise ResourceError(_unable(f"ResourceNotFoundException: {error}")) from error
    kms_key = backend.describe_secret(arn).kms_key_id if hasattr(backend, "describe_secret") else None
    if kms_key and not str(kms_key).endswith("alias/aws/secretsmanager"):
        _demand(world, role, "kms:Decrypt", _key_arn(world, task.region, str(kms_key)))
    text = str(stored["SecretString"])
    if not key:
        return text
    values = json.loads(text)
    if key not in values:
        raise ResourceError(_unable(f"retrieved secret from Secrets Manager did not contain json key {key}"))
    return str(values[key])


def _key_arn(world: World, region: str, key: str) -> str:
    return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{world.account}:key/{key}"


def _demand(world: World, role: str, action: str, resource: str) -> None:
    try:
        granted = bool(role) and allowed(world, role, action, resource)
    except RoleError:
        granted = False
    if not granted:
        raise ResourceError(
            _unable(
                f"AccessDeniedException: {role or 'no execution role'} is not authorized to perform {action} on"
                f" {resource}"
            )
        )


def _unable(text: str) -> str:
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"unable to retrieve secret: {text}"
    )


class LogSink:
    """A log stream in CloudWatch Logs."""

    def __init__(self, world: World, region: str, group: str, stream: str) -> None:
        self.world = world
        self.backend = world.backend("logs", region)
        self.group = group
        self.stream = stream

    def write(self, line: str) -> None:
        """Append one event."""
        event = {"timestamp": int(self.world.clock.now() * 1000), "message": line}
        self.backend.groups[self.group].streams[self.stream].put_log_events([event])


def _log_sink(world: World, task: Task, container: Container, definition: dict[str, Any]) -> LogSink | None:
    options = (definition.get("logConfiguration") or {}).get("options", {})
    if (definition.get("logConfiguration") or {}).get("logDriver") != "awslogs":
        return None
    group, prefix = options["awslogs-group"], options.get("awslogs-stream-prefix", "ecs")
    stream = f"{prefix}/{container.name}/{task.id}"
    role = task.definition.get("executionRoleArn", "")
    arn = f"arn:aws:logs:{task.region}:{world.account}:log-group:{group}:log-stream:{stream}"
    backend = world.backend("logs", task.region)
    if group not in backend.groups:
        raise ResourceError(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist:"
            f" {group}"
        )
    _demand(world, role, "logs:CreateLogStream", arn)
    _demand(world, role, "logs:PutLogEvents", arn)
    backend.create_log_stream(group, stream)
    return LogSink(world, task.region, group, stream)


def _copy_lines(source: IO[bytes], sink: LogSink) -> None:
    with source:
        for line in source:
            sink.write(line.decode("utf-8", "replace").rstrip("\n"))
