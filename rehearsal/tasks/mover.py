"""ECS made real: services keep their tasks, tasks are processes."""

from __future__ import annotations

import logging
import os
import signal
import threading
import uuid
from collections import defaultdict
from typing import Any

import psutil

from rehearsal.loop import Loop
from rehearsal.tasks import mesh, process, registry
from rehearsal.tasks.lifecycle import Lifecycle, memory_of
from rehearsal.tasks.model import Container, Deployment, Service, Task
from rehearsal.tasks.scheduler import Scheduler
from rehearsal.tasks.targets import Targets
from rehearsal.world import World

LOG = logging.getLogger(__name__)
TICK = 1.0
SHORTEST_TICK = 0.1
#: Virtual seconds that a stopped task can still be described.
REMEMBERED = 3600.0


class TaskMover:
    """Runs what ECS is asked to run.

    Args:
        world: the local cloud.
    """

    name = "tasks"

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.tasks: dict[str, Task] = {}
        self.services: dict[str, Service] = {}
        targets = Targets(world)
        self.lifecycle = Lifecycle(world, targets)
        self.scheduler = Scheduler(world, targets, self._start_for)
        self._loop = Loop("tasks", self._act, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))
        self._cpu: dict[int, psutil.Process] = {}

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for what concerns ECS."""
        del operation
        if service == "ecs":
            self._loop.wake()

    def stop(self) -> None:
        """Act no more; the world ends the processes."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a service and a row a one-shot that runs."""
        rows: list[dict[str, Any]] = []
        for service in self.services.values():
            running = sum(task.status == "RUNNING" for task in self.of(service))
            rows.append({"service": service.name, "desired": service.desired, "running": running})
        return rows

    def _act(self) -> None:
        with self.lock:
            self._tick()

    def _tick(self) -> None:
        by_deployment: dict[str, list[Task]] = defaultdict(list)
        for task in self.tasks.values():
            by_deployment[task.deployment].append(task)
        for service in list(self.services.values()):
            tasks = [task for task in self.tasks.values() if task.group == f"service:{service.name}"]
            self.scheduler.step(service, [task for task in tasks if task.cluster_arn == service.cluster_arn])
            self._forget_drained(service)
        now = self.world.clock.now()
        for task in list(self.tasks.values()):
            if task.alive:
                self.lifecycle.step(task)
            elif now - (task.stopped_at or now) > REMEMBERED:
                del self.tasks[task.arn]

    def _forget_drained(self, service: Service) -> None:
        if service.status == "DRAINING" and not any(task.alive for task in self.of(service)):
            service.status = "INACTIVE"
            mesh.provide(self.world, service)

    def of(self, service: Service) -> list[Task]:
        """Return the tasks of a service."""
        group = f"service:{service.name}"
        return [t for t in self.tasks.values() if t.group == group and t.cluster_arn == service.cluster_arn]

    def _start_for(self, service: Service, deployment: Deployment) -> Task:
        settings = deployment.settings
        definition = self.definition(service.region, deployment.definition)
        siblings = [task for task in self.of(service) if task.desired == "RUNNING"]
        request = {
            **settings["networkConfiguration"]["awsvpcConfiguration"],
            "startedBy": deployment.id,
            "loadBalancers": deployment.balancers,
            "serviceRegistries": settings.get("serviceRegistries", []),
            "serviceConnectConfiguration": mesh.configuration(settings),
            "names": deployment.names,
            "capacityProviderName": _provider(settings.get("capacityProviderStrategy", []), siblings),
            "enableExecuteCommand": service.settings.get("enableExecuteCommand", False),
            "tags": self._tags(service, definition),
        }
        task = self.run(service.region, service.cluster_arn, definition, request, f"service:{service.name}")
        task.deployment = deployment.id
        used = [sibling.subnet for sibling in siblings]
        task.placed = min(request["subnets"], key=used.count)
        return task

    def _tags(self, service: Service, definition: dict[str, Any]) -> list[dict[str, str]]:
        own = [{"key": key, "value": value} for key, value in service.tags.items()]
        found = self.world.backend("ecs", service.region).describe_task_definition(definition["taskDefinitionArn"])
        propagated = {"SERVICE": own, "TASK_DEFINITION": found.tags}
        tags = list(propagated.get(service.settings.get("propagateTags", "NONE"), []))
        if service.settings.get("enableECSManagedTags"):
            tags.append({"key": "aws:ecs:serviceName", "value": service.name})
            tags.append({"key": "aws:ecs:clusterName", "value": service.cluster_arn.rsplit("/", 1)[-1]})
        return tags

    def run(
        self, region: str, cluster_arn: str, definition: dict[str, Any], request: dict[str, Any], group: str
    ) -> Task:
        """Add one task; it starts with the next ticks."""
        cluster = cluster_arn.rsplit("/", 1)[-1]
        arn = f"arn:aws:ecs:{region}:{self.world.account}:task/{cluster}/{uuid.uuid4().hex}"
        task = Task(arn, region, cluster_arn, definition, request, group, self.world.clock.now())
        task.containers = [Container(entry) for entry in definition["containerDefinitions"]]
        self.tasks[arn] = task
        self._loop.wake()
        return task

    def definition(self, region: str, name: str) -> dict[str, Any]:
        """Return a task definition as it was registered.

        Not by a call of the API: what is ordered to fail calls of clients must not stop the cloud itself.

        Raises:
            moto.core.exceptions.ServiceException: there is none.
        """
        found = self.world.backend("ecs", region).describe_task_definition(name)
        kept = self.world.kept("ecs.definitions").get(found.arn, {})
        return {**kept, "taskDefinitionArn": found.arn, "revision": found.revision, "status": found.status}

    # What other parts ask

    def pids(self) -> list[int]:
        """Return the processes of all tasks, with what they started."""
        containers = [container for task in list(self.tasks.values()) for container in task.containers]
        leaders = [container.process.pid for container in containers if container.process and container.running]
        return [pid for leader in leaders for pid in process.family(leader)]

    def _owner(self, pid: int) -> Task | None:
        """Return the task of a process: every container leads a process group of its own."""
        try:
            group = os.getpgid(pid)
        except ProcessLookupError:
            return None
        for task in list(self.tasks.values()):
            if any(container.process and container.process.pid == group for container in task.containers):
                return task
        return None

    def task_of_pid(self, pid: int) -> tuple[str, set[str]] | None:
        """Return ARN and security groups of the task that a process belongs to."""
        task = self._owner(pid)
        return (task.arn, set(task.interface.groups)) if task and task.interface else None

    def security_groups(self, pid: int) -> set[str]:
        """Return the security groups of the task a process belongs to."""
        found = self.task_of_pid(pid)
        return found[1] if found else set()

    def usage(self) -> list[dict[str, Any]]:
        """Return CPU and memory of each service, in per cent of what its tasks may use."""
        rows = []
        for service in list(self.services.values()):
            running = [task for task in self.of(service) if task.status == "RUNNING"]
            if not running:
                continue
            # What a start takes is left out: it takes real time, and would fill minutes of a clock that runs faster.
            cpu = sum(self._cpu_of(task) for task in running if task.was_healthy)
            cpu_limit = sum(int(task.definition.get("cpu") or 256) for task in running) / 1024 * 100
            memory = sum(memory_of(task) for task in running)
            memory_limit = sum(int(task.definition.get("memory") or 512) for task in running) * 1024 * 1024
            rows.append(
                {
                    "region": service.region,
                    "cluster": service.cluster_arn.rsplit("/", 1)[-1],
                    "service": service.name,
                    "cpu": min(100.0, 100 * cpu / cpu_limit),
                    "memory": 100 * memory / memory_limit,
                }
            )
        return rows

    def _cpu_of(self, task: Task) -> float:
        total = 0.0
        for container in task.containers:
            if container.running and container.process:
                try:
                    known = self._cpu.setdefault(container.process.pid, psutil.Process(container.process.pid))
                    total += known.cpu_percent(None)
                except psutil.NoSuchProcess:
                    continue
        return total

    def order_push(self, image: str, repository: str, region: str) -> str:
        """Carry out ``rehearsal push``."""
        return registry.push(self.world, image, repository, region)

    def order_stop_task(self, target: str) -> None:
        """Carry out ``rehearsal fault stop-task``: kill a task's processes, as a failing host would."""
        found = [task for arn, task in self.tasks.items() if arn.endswith(target) and task.status == "RUNNING"]
        if not found:
            running = ", ".join(arn.rsplit("/", 1)[-1] for arn, task in self.tasks.items() if task.status == "RUNNING")
            raise ValueError(f"there is no running task {target!r}; there are: {running}")
        for container in found[0].containers:
            process.end(container, signal.SIGKILL)


def _provider(strategy: list[dict[str, Any]], siblings: list[Task]) -> str | None:
    """Return the capacity provider that is furthest behind, bases first; ``None`` without a strategy."""
    used = [task.request.get("capacityProviderName") for task in siblings]
    for entry in strategy:
        if used.count(entry["capacityProvider"]) < entry.get("base", 0):
            return str(entry["capacityProvider"])
    weighted = [entry for entry in strategy if entry.get("weight", 0) > 0] or strategy[:1]
    if not weighted:
        return None

    def share(entry: dict[str, Any]) -> float:
        return float((used.count(entry["capacityProvider"]) + 1) / max(1, entry.get("weight", 0)))

    return str(min(weighted, key=share)["capacityProvider"])
