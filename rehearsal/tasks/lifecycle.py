"""A task from PROVISIONING to STOPPED: one small step a tick, nothing waits."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable

import psutil

from rehearsal.tasks import network, process
from rehearsal.tasks.model import PROVISIONING, PULLING, Container, Task, TaskFailed
from rehearsal.tasks.preparation import Preparation
from rehearsal.tasks.targets import Targets
from rehearsal.world import World, end_group

#: Seconds, real ones, that a process has to end after SIGTERM when the task definition says nothing.
STOP_TIMEOUT = 30.0
#: Real seconds a process may take to listen before its task counts as running all the same: that this machine is slow
#: must not look like the service's when virtual time runs fast.
LISTENS_WITHIN = 15.0
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
MIB = 1024 * 1024
_MET: dict[str, Callable[[Container], bool]] = {
    "START": lambda container: container.program is not None,
    "COMPLETE": lambda container: container.exit_code is not None,
    "SUCCESS": lambda container: container.exit_code == 0,
    "HEALTHY": lambda container: container.running,
}


class Lifecycle:
    """Drives tasks.

    Args:
        world: the local cloud.
        targets: registers tasks with load balancers.
    """

    def __init__(self, world: World, targets: Targets) -> None:
        self.world = world
        self.targets = targets
        self.preparation = Preparation(world)

    def step(self, task: Task) -> None:
        """Take the next step when it is due."""
        now = self.world.clock.now()
        try:
            if task.status in {"PROVISIONING", "PENDING"} and task.desired == "STOPPED":
                self._stopped(task)
            elif task.status == "PROVISIONING" and now - task.created_at >= PROVISIONING:
                self._provision(task)
            elif task.status == "PENDING" and now - task.created_at >= PROVISIONING + PULLING:
                self._pull(task)
            elif task.status == "ACTIVATING":
                self._activate(task)
            elif task.status == "RUNNING":
                self._run(task)
            elif task.status == "DEACTIVATING" and self.targets.drained(task):
                self._terminate(task)
            elif task.status == "STOPPING":
                self._reap(task)
        except TaskFailed as error:
            task.ask_to_stop("TaskFailedToStart", str(error))
            self._stopped(task)

    def _enter(self, task: Task, status: str) -> None:
        task.status, task.changed_at = status, self.world.clock.now()

    def _provision(self, task: Task) -> None:
        public = task.request.get("assignPublicIp") == "ENABLED"
        groups = task.request.get("securityGroups", [])
        task.interface = network.attach(self.world, task.region, task.subnet, groups, public=public)
        task.address = self.world.address(f"{task.interface.subnet.vpc_id}/{task.private_ip}")
        self._enter(task, "PENDING")
        self.targets.tell_mesh(task)

    def _pull(self, task: Task) -> None:
        self.preparation.prepare(task)
        task.activated = time.monotonic()
        self._enter(task, "ACTIVATING")
        self._activate(task)

    def _activate(self, task: Task) -> None:
        """Start containers in the order they depend on each other, and wait until they listen."""
        by_name = {container.name: container for container in task.containers}
        for container in task.containers:
            waits = container.definition.get("dependsOn", [])
            if container.program is None and all(
                _MET[one["condition"]](by_name[one["containerName"]]) for one in waits
            ):
                process.start(self.world, task, container)
        self._look(task)
        if task.desired == "STOPPED":
            if all(container.program for container in task.containers):
                task.started_at = self.world.clock.now()  # it ran, for less time than it takes to look
            self._deactivate(task)
        elif all(container.program and self._listens(task, container) for container in task.containers):
            task.started_at = self.world.clock.now()
            self._enter(task, "RUNNING")
            self.targets.register(task)

    def _listens(self, task: Task, container: Container) -> bool:
        """Say whether a container's port answers, or need not, or was waited for long enough."""
        if container.listening or not container.port or container.exit_code is not None:
            return True
        with socket.socket() as probe:
            probe.settimeout(0.2)
            container.listening = probe.connect_ex((task.address, container.port)) == 0
        return container.listening or time.monotonic() > task.activated + LISTENS_WITHIN

    def _run(self, task: Task) -> None:
        self._look(task)
        if task.desired == "STOPPED":
            self._deactivate(task)

    def _look(self, task: Task) -> None:
        """Take note of containers that ended or take too much memory."""
        self._check_memory(task)
        self._collect(task)
        if any(container.essential and container.exit_code is not None for container in task.containers):
            task.ask_to_stop("EssentialContainerExited", "Essential container in task exited")

    def _deactivate(self, task: Task) -> None:
        """Take it out of its target groups; it serves what is in flight until their delay is over."""
        task.stopping_at = self.world.clock.now()
        self.targets.deregister(task)
        self._enter(task, "DEACTIVATING")

    def _terminate(self, task: Task) -> None:
        self._end_next(task)
        self._enter(task, "STOPPING")

    def _end_next(self, task: Task) -> None:
        """Have end what no running container depends on: as Fargate does, in the reverse order of their start."""
        running = [container for container in task.containers if container.running]
        needed = {one["containerName"] for container in running for one in container.definition.get("dependsOn", [])}
        due = [container for container in running if not container.told and container.name not in needed]
        for container in due:
            container.told = True
            process.end(container, signal.SIGTERM)
        if due:
            limits = [container.definition.get("stopTimeout", STOP_TIMEOUT) for container in due]
            # Real seconds: what a process does to end takes as long as it takes.
            task.killed_at = self.world.clock.now() + max(limits) * self.world.clock.scale

    def _reap(self, task: Task) -> None:
        self._collect(task)
        if any(container.running for container in task.containers):
            self._end_next(task)
            if self.world.clock.now() >= (task.killed_at or 0):
                self._kill(task)
            return
        self._stopped(task)

    def _kill(self, task: Task) -> None:
        for container in task.containers:
            process.end(container, signal.SIGKILL)

    def _stopped(self, task: Task) -> None:
        self._kill(task)
        self.targets.deregister(task)
        if task.interface:
            network.detach(self.world, task.interface)
        task.stopped_at = self.world.clock.now()
        self._enter(task, "STOPPED")

    def _collect(self, task: Task) -> None:
        """Note the exit codes of processes that ended."""
        for container in task.containers:
            if container.program and container.exit_code is None:
                code = container.program.poll()
                if code is not None:
                    process.finish(container)
                    container.exit_code = code if code >= 0 else 128 - code

    def _check_memory(self, task: Task) -> None:
        """Kill what takes more memory than it, or its task, may."""
        whole = int(task.definition.get("memory") or 0)
        for container in task.containers:
            limit = int(container.definition.get("memory") or whole) * MIB
            if limit and container.running and _resident(container) > limit and container.process:
                container.reason = OUT_OF_MEMORY
                end_group(container.process, signal.SIGKILL)
                container.process.wait()


def memory_of(task: Task) -> int:
    """Return the resident memory of a task's processes, in bytes."""
    return sum(_resident(container) for container in task.containers if container.running)


def _resident(container: Container) -> int:
    if container.process is None:
        return 0
    try:
        return sum(int(psutil.Process(pid).memory_info().rss) for pid in process.family(container.process.pid))
    except psutil.NoSuchProcess:
        return 0
