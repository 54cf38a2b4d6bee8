"""Containers as processes, and their output as log events."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from rehearsal.metrics.embedded import take
from rehearsal.tasks import mesh
from rehearsal.tasks.collector import Collector
from rehearsal.tasks.images import CLOUD, UnknownImageError
from rehearsal.tasks.model import Container, Inside, Task, TaskFailed
from rehearsal.tasks.preparation import override_of
from rehearsal.world import CREDENTIALS, World, end_group

ROOT = Path(__file__).parents[2]
#: Events kept in a stream; AWS keeps all, but a load test must not fill the memory.
KEPT = 50_000
#: Variable that names the directory in place of a mounted file system.
STORAGE = "REHEARSAL_STORAGE"
LONGEST_EVENT = 262_144 - 26  # bytes, CloudWatch Logs' limit
#: Real seconds in which the output of a process that ended must be read.
READ_WITHIN = 2.0
#: What runs in the cloud's own process, by the name that images.yml has for it.
INSIDE: dict[str, Callable[[Mapping[str, str], Callable[[str], None]], Inside]] = {"collector": Collector}


def start(world: World, task: Task, container: Container) -> None:
    """Start a container's process.

    Raises:
        TaskFailed: the image lacks the program.
    """
    assert container.image is not None  # noqa: S101  it was pulled before
    override, definition = override_of(task, container.name), container.definition
    command = [*definition.get("entryPoint", []), *(override.get("command") or definition.get("command", []))]
    try:
        argv = container.image.argv(command)
    except UnknownImageError as error:
        raise TaskFailed(
            f"CannotStartContainerError: Error response from daemon: failed to create task: {error}"
        ) from None
    if argv[0] == CLOUD:
        container.inside = INSIDE[argv[1]](_environment(world, task, container), _log(world, container))
    else:
        _spawn(world, task, container, argv)


def _spawn(world: World, task: Task, container: Container, argv: list[str]) -> None:
    stdout = subprocess.PIPE if container.log else subprocess.DEVNULL
    container.process = world.spawn(argv, env=_environment(world, task, container), stdout=stdout, cwd=ROOT)
    if container.process.stdout:
        arguments = (container.process.stdout, _log(world, container))
        container.copying = threading.Thread(target=_copy_lines, args=arguments, daemon=True)
        container.copying.start()


def _log(world: World, container: Container) -> Callable[[str], None]:
    """Return what takes a line of a container's output."""
    if not container.log:
        return lambda _line: None
    region = container.definition["logConfiguration"]["options"]["awslogs-region"]
    return LogSink(world, region, *container.log).write


def end(container: Container, number: int) -> None:
    """Send a signal to what runs."""
    if container.inside:
        container.inside.end()
    elif container.running and container.process:
        end_group(container.process, number)


def finish(container: Container) -> None:
    """Wait until the output of a container that ended is written; what it left running may hold the pipe open."""
    if container.copying:
        container.copying.join(READ_WITHIN)


def _environment(world: World, task: Task, container: Container) -> dict[str, str]:
    """Return what the process sees: nothing of this machine but the paths that make it run."""
    # The containers of a task share a network, in which each finds the others at localhost.
    here = {"{ca_bundle}": str(world.state_dir / "ca.pem"), "//localhost:": f"//{task.address}:"}
    return {
        "AWS_ENDPOINT_URL": world.endpoint,
        "AWS_REGION": task.region,
        "AWS_DEFAULT_REGION": task.region,
        **_credentials(world, task),
        **_storage(world, task, container),
        **mesh.environment(world, task),
        "LC_ALL": "C.UTF-8",
        **{name: _replaced(value, here) for name, value in container.environment.items()},
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "REHEARSAL_TIME_SCALE": f"{world.clock.scale:g}",
        # A container listens on all addresses of a network of its own; here one address stands for that network.
        "HOST": task.address,
    }


def _credentials(world: World, task: Task) -> dict[str, str]:
    """Return where the process gets the credentials of its task role from; nowhere without such a role."""
    role = task.definition.get("taskRoleArn")
    if not role:
        return {}
    world.kept(CREDENTIALS)[f"ASIA{task.id}"] = role
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{world.endpoint}{CREDENTIALS}ASIA{task.id}"}


def _storage(world: World, task: Task, container: Container) -> dict[str, str]:
    """Return the directory that stands for what the container mounts of EFS; it outlives the task."""
    declared = {one["name"]: one.get("efsVolumeConfiguration") for one in task.definition.get("volumes", [])}
    for mount in container.definition.get("mountPoints", []):
        if volume := declared.get(mount["sourceVolume"]):
            point = volume.get("authorizationConfig", {}).get("accessPointId", "")
            place = world.state_dir / "efs" / volume["fileSystemId"] / point
            place.mkdir(parents=True, exist_ok=True)
            return {STORAGE: str(place)}
    return {}


def _replaced(text: str, here: Mapping[str, str]) -> str:
    for found, wanted in here.items():
        text = text.replace(found, wanted)
    return text


class LogSink:
    """A log stream in CloudWatch Logs.

    Args:
        world: the local cloud.
        region: of the log group.
        group: its name.
        stream: made when it is not there.
    """

    def __init__(self, world: World, region: str, group: str, stream: str) -> None:
        self.world = world
        self.region = region
        self.backend = world.backend("logs", region)
        self.group = group
        self.stream = stream
        if stream not in self.backend.groups[group].streams:
            self.backend.create_log_stream(group, stream)

    def write(self, line: str) -> None:
        """Append one event; when group or stream was removed meanwhile, AWS drops it too."""
        group = self.backend.groups.get(self.group)
        stream = group.streams.get(self.stream) if group else None
        if stream is None:
            return
        # Not by moto's PutLogEvents: it compares virtual times with the real one.
        stream.put_log_events([{"timestamp": int(self.world.clock.now() * 1000), "message": line}])
        del stream.events[:-KEPT]
        take(self.world, self.region, line)


def _copy_lines(source: IO[bytes], write: Callable[[str], None]) -> None:
    with source:
        for line in source:
            if line.strip():
                write(line[:LONGEST_EVENT].decode("utf-8", "replace").rstrip("\n"))


def family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants, as the kernel lists them: psutil would look at every process there is."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # that thread has ended meanwhile
            for child in children.read_text(encoding="ascii").split():
                yield from family(int(child))
