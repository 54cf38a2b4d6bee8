"""A task from PROVISIONING to STOPPED: one small step a tick, nothing waits."""

from __future__ import annotations

import signal
from typing import Any

import psutil

from rehearsal.tasks import network, process
from rehearsal.tasks.images import UnknownImageError
from rehearsal.tasks.model import PROVISIONING, PULLING, Container, Task
from rehearsal.tasks.registry import PullError, pull
from rehearsal.world import World, end_group

#: Seconds, real ones, that a process has to end after SIGTERM when the task definition says nothing.
STOP_TIMEOUT = 30.0
MIB = 1024 * 1024


class Lifecycle:
    """Drives tasks.

    Args:
        world: the local cloud.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def step(self, task: Task) -> None:
        """Take the next step when it is due."""
        now = self.world.clock.now()
        if task.status in {"PROVISIONING", "PENDING"} and task.desired == "STOPPED":
            self._stopped(task)
        elif task.status == "PROVISIONING" and now - task.created_at >= PROVISIONING:
            self._provision(task)
        elif task.status == "PENDING" and now - task.created_at >= PROVISIONING + PULLING:
            self._start(task)
        elif task.status == "RUNNING":
            self._run(task)
        elif task.status == "DEACTIVATING" and now >= (task.stopping_at or 0):
            self._terminate(task)
        elif task.status == "STOPPING":
            self._reap(task)

    def _enter(self, task: Task, status: str) -> None:
        task.status, task.changed_at = status, self.world.clock.now()

    def _provision(self, task: Task) -> None:
        task.interface = network.attach(self.world, task.region, task.subnet, task.request["securityGroups"])
        vpc_id = self.world.backend("ec2", task.region).get_subnet(task.subnet).vpc_id
        task.address = self.world.address(f"{vpc_id}/{task.private_ip}")
        self._enter(task, "PENDING")

    def _start(self, task: Task) -> None:
        try:
            self._demand_network(task)
            for container, definition in self._pairs(task):
                image = pull(self.world, definition["image"], task.region)
                container.digest = image.digest
                process.start(self.world, task, container, definition, image)
        except (PullError, process.ResourceError, UnknownImageError) as error:
            task.ask_to_stop("TaskFailedToStart", str(error))
            self._stopped(task)
            return
        task.started_at = self.world.clock.now()
        self._enter(task, "RUNNING")
        self._register(task)

    def _demand_network(self, task: Task) -> None:
        public_ip = task.request.get("assignPublicIp") == "ENABLED"
        if not network.reaches_registry(self.world, task.region, task.subnet, public_ip=public_ip):
            raise PullError(
                "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry "
                "auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task "
                "network configuration."
            )

    def _pairs(self, task: Task) -> list[tuple[Container, dict[str, Any]]]:
        return list(zip(task.containers, task.definition["containerDefinitions"], strict=True))

    def _run(self, task: Task) -> None:
        self._collect(task)
        self._check_memory(task)
        ended = next((c for c in task.containers if c.essential and not c.running), None)
        if ended:
            task.ask_to_stop("EssentialContainerExited", "Essential container in task exited")
        if task.desired == "STOPPED":
            self._deactivate(task, gone=ended is not None)

    def _deactivate(self, task: Task, *, gone: bool) -> None:
        """Take it out of its target groups; a task that still runs serves until their delay is over."""
        delay = self._deregister(task)
        task.stopping_at = self.world.clock.now() + (0 if gone else delay)
        self._enter(task, "DEACTIVATING")

    def _terminate(self, task: Task) -> None:
        for container in task.containers:
            if container.running and container.process:
                end_group(container.process, signal.SIGTERM)
        limits = [definition.get("stopTimeout", STOP_TIMEOUT) for _, definition in self._pairs(task)]
        # Real seconds: what a process does to end takes as long as it takes.
        task.killed_at = self.world.clock.now() + max(limits) * self.world.clock.scale
        self._enter(task, "STOPPING")

    def _reap(self, task: Task) -> None:
        self._collect(task)
        if any(container.running for container in task.containers):
            if self.world.clock.now() >= (task.killed_at or 0):
                self._kill(task)
            return
        self._stopped(task)

    def _kill(self, task: Task) -> None:
        for container in task.containers:
            if container.running and container.process:
                end_group(container.process, signal.SIGKILL)

    def _stopped(self, task: Task) -> None:
        self._kill(task)
        self._deregister(task)
        if task.interface:
            network.detach(self.world, task.region, task.interface.id)
        task.stopped_at = self.world.clock.now()
        self._enter(task, "STOPPED")

    def _collect(self, task: Task) -> None:
        """Note the exit codes of processes that ended."""
        for container in task.containers:
            if container.process and container.exit_code is None:
                code = container.process.poll()
                if code is not None:
                    container.exit_code = code if code >= 0 else 128 - code

    def _check_memory(self, task: Task) -> None:
        limit = int(task.definition.get("memory") or 0) * MIB
        if limit and memory_of(task) > limit:
            for container in task.containers:
                container.reason = "OutOfMemoryError: Container killed due to memory usage"
            self._kill(task)

    def _register(self, task: Task) -> None:
        for balancer in task.request.get("loadBalancers", []):
            target = [{"Id": task.private_ip, "Port": balancer["containerPort"]}]
            self.world.backend("elbv2", task.region).register_targets(balancer["targetGroupArn"], target)
            task.attached.append((balancer["targetGroupArn"], balancer["containerPort"]))
        self._tell_edge()

    def _deregister(self, task: Task) -> float:
        """Deregister and return the longest deregistration delay, in virtual seconds."""
        delays, elbv2 = [0.0], self.world.backend("elbv2", task.region)
        for arn, port in task.attached:
            group = elbv2.target_groups.get(arn)
            if group:
                delays.append(float(group.attributes.get("deregistration_delay.timeout_seconds", 300)))
                elbv2.deregister_targets(arn, [{"Id": task.private_ip, "Port": port}])
        if task.attached:
            task.attached.clear()
            self._tell_edge()
        return max(delays)

    def _tell_edge(self) -> None:
        edge = self.world.movers.get("edge")
        if edge:
            edge.changed("elbv2", "RegisterTargets")


def memory_of(task: Task) -> int:
    """Return the resident memory of a task's processes, in bytes."""
    total = 0
    for container in task.containers:
        if container.running and container.process:
            try:
                total += psutil.Process(container.process.pid).memory_info().rss
            except psutil.NoSuchProcess:
                continue
    return total
