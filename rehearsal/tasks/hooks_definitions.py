"""Task definitions: what Fargate refuses, and every field returned as it was registered.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before

_GIB = 1024
#: CPU units to the MiB that go with them.
FARGATE = {
    256: (512, _GIB, 2 * _GIB),
    512: tuple(size * _GIB for size in range(1, 5)),
    1024: tuple(size * _GIB for size in range(2, 9)),
    2048: tuple(size * _GIB for size in range(4, 17)),
    4096: tuple(size * _GIB for size in range(8, 31)),
    8192: tuple(size * _GIB for size in range(16, 61, 4)),
    16384: tuple(size * _GIB for size in range(32, 121, 8)),
}
LONGEST_STOP = 120
EPHEMERAL = (21, 200)  # GiB
LOG_OPTIONS = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
#: What a container cannot have on Fargate.
FOREIGN = ("links", "disableNetworking", "dockerSecurityOptions", "extraHosts")


def _refuse(text: str) -> Refused:
    return Refused("ClientException", text)


@before("ecs", "RegisterTaskDefinition")
def check_definition(call: Call) -> None:
    """Refuse what Fargate refuses."""
    params = call.params
    if "FARGATE" not in params.get("requiresCompatibilities", []):
        return
    if params.get("networkMode") != "awsvpc":
        raise _refuse("Fargate only supports network mode 'awsvpc'.")
    _check_size(params)
    _check_roles(call)
    containers = params["containerDefinitions"]
    names = [container.get("name") for container in containers]
    if len(set(names)) != len(names):
        raise _refuse("Container names should be unique within a task definition.")
    if not any(container.get("essential", True) for container in containers):
        raise _refuse("TaskDefinition must have at least one essential container.")
    for container in containers:
        _check_container(params, container, names)
        _check_log(container)


def _check_size(params: dict[str, Any]) -> None:
    for name in ("cpu", "memory"):
        if not params.get(name):
            raise _refuse(f"Fargate requires that '{name}' be defined at the task level.")
    cpu, memory = params["cpu"], params["memory"]
    if not (cpu.isdigit() and memory.isdigit() and int(memory) in FARGATE.get(int(cpu), ())):
        raise _refuse(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS "
            "documentation for the valid values."
        )
    size = params.get("ephemeralStorage", {}).get("sizeInGiB", EPHEMERAL[0])
    if not EPHEMERAL[0] <= size <= EPHEMERAL[1]:
        raise _refuse(f"Ephemeral storage is {size} GiB. Valid values are between {EPHEMERAL[0]} and {EPHEMERAL[1]}.")


def _check_roles(call: Call) -> None:
    params = call.params
    known = {role.arn for role in call.backend("iam").roles.values()}
    for name in ("taskRoleArn", "executionRoleArn"):
        if name in params and params[name] not in known:
            raise _refuse(f"Role is not valid: {params[name]}")
    if "executionRoleArn" in params:
        return
    for container in params["containerDefinitions"]:
        if ".dkr.ecr." in container.get("image", ""):
            raise _refuse("Fargate requires task definition to have execution role ARN to support ECR images.")
        if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
            raise _refuse("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
        if container.get("secrets"):
            raise _refuse(
                "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
            )


def _check_container(params: dict[str, Any], container: dict[str, Any], names: list[Any]) -> None:
    name = container.get("name")
    for mapping in container.get("portMappings", []):
        if mapping.get("hostPort", mapping.get("containerPort")) != mapping.get("containerPort"):
            raise _refuse("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
    if int(container.get("memory", 0)) > int(params["memory"]):
        raise _refuse(f"Invalid setting for container '{name}'. 'memory' is greater than that of the task.")
    if container.get("stopTimeout", 0) > LONGEST_STOP:
        raise _refuse(
            f"Invalid setting for container '{name}'. 'stopTimeout' must be at most {LONGEST_STOP} on Fargate."
        )
    _check_host_features(container)
    volumes = {volume["name"] for volume in params.get("volumes", [])}
    for mount in container.get("mountPoints", []):
        if mount.get("sourceVolume") not in volumes:
            raise _refuse(f"Unknown volume '{mount.get('sourceVolume')}'.")
    for wait in container.get("dependsOn", []):
        if wait["containerName"] not in names:
            raise _refuse(f"Container '{name}' depends on '{wait['containerName']}', which is not defined.")
    plain, secret = ({one["name"] for one in container.get(kind, [])} for kind in ("environment", "secrets"))
    if plain & secret:
        text = "The secret name must be unique and not shared with any new or existing environment variables"
        raise _refuse(f"{text}: {', '.join(sorted(plain & secret))}")


def _check_host_features(container: dict[str, Any]) -> None:
    linux = container.get("linuxParameters", {})
    wrong = [name for name in FOREIGN if container.get(name)]
    wrong += [name for name in ("devices", "tmpfs", "sharedMemorySize", "maxSwap", "swappiness") if linux.get(name)]
    wrong += ["privileged"] if container.get("privileged") else []
    wrong += [cap for cap in linux.get("capabilities", {}).get("add", []) if cap != "SYS_PTRACE"]
    if wrong:
        raise _refuse(
            f"The following container definition parameters are not supported on Fargate: {', '.join(wrong)}."
        )


def _check_log(container: dict[str, Any]) -> None:
    log = container.get("logConfiguration", {})
    missing = [name for name in LOG_OPTIONS if name not in log.get("options", {})]
    if log.get("logDriver") == "awslogs" and missing:
        raise _refuse(f"Log driver awslogs requires options: {', '.join(missing)}.")


@after("ecs", "RegisterTaskDefinition")
def keep_definition(call: Call, response: dict[str, Any]) -> None:
    """Keep every field as it was registered."""
    described = response["taskDefinition"]
    fields = {key: value for key, value in call.params.items() if key not in {"tags", "containerDefinitions"}}
    containers = [
        {**shown, **given, "portMappings": [_mapping(one) for one in given.get("portMappings", [])]}
        for shown, given in zip(described["containerDefinitions"], call.params["containerDefinitions"], strict=True)
    ]
    kept = {**fields, "containerDefinitions": containers}
    call.world.kept("ecs.definitions")[described["taskDefinitionArn"]] = kept
    described.update(kept)
    if call.params.get("tags"):
        response["tags"] = call.params["tags"]


def _mapping(given: dict[str, Any]) -> dict[str, Any]:
    """Return a port mapping with what ECS fills in."""
    return {"hostPort": given.get("containerPort"), "protocol": "tcp", **given}


@after("ecs", "ListTaskDefinitionFamilies")
def list_families_of_status(call: Call, response: dict[str, Any]) -> None:
    """Leave out families without a revision of the status that was asked for, which moto passes over."""
    wanted = call.params.get("status", "ACTIVE")
    definitions = call.backend("ecs").task_definitions
    response["families"] = [
        family
        for family in response["families"]
        if wanted == "ALL" or any(one.status == wanted for one in definitions[family].values())
    ]


@after("ecs", "DescribeTaskDefinition", "DeregisterTaskDefinition")
def show_definition(call: Call, response: dict[str, Any]) -> None:
    """Return every field as it was registered."""
    described = response["taskDefinition"]
    described.update(call.world.kept("ecs.definitions").get(described["taskDefinitionArn"], {}))
