"""Tasks as targets of load balancers: registered, asked after, taken out."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import HOOKS, Call
from rehearsal.tasks import mesh, registries
from rehearsal.tasks.model import Task
from rehearsal.world import World

UNHEALTHY, DRAINING = "unhealthy", "draining"


class Targets:
    """Registers tasks and asks how they are.

    Args:
        world: whose load balancers.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def register(self, task: Task) -> None:
        """Register a task with each of its target groups, and with Cloud Map."""
        registries.register(self.world, task)
        for entry in task.request.get("loadBalancers", []):
            group = self._group(task, entry["targetGroupArn"])
            if group is None:
                continue
            group.register([{"Id": task.private_ip, "Port": entry["containerPort"]}])
            task.attached.append((group.arn, int(entry["containerPort"])))
        if task.attached or mesh.configuration(task.request):
            self._tell("RegisterTargets")

    def deregister(self, task: Task) -> None:
        """Take a task out of its target groups, and of Cloud Map."""
        registries.deregister(self.world, task)
        present = [(self._group(task, arn), port) for arn, port in task.attached]
        for group, port in present:
            if group is not None and task.private_ip in group.targets:
                group.deregister([{"Id": task.private_ip, "Port": port}])
                self._tell("DeregisterTargets")
        self.tell_mesh(task)

    def tell_mesh(self, task: Task) -> None:
        """Have the proxies of the mesh follow a task that takes part."""
        if mesh.configuration(task.request):
            self._tell("RegisterTargets")

    def drained(self, task: Task) -> bool:
        """Say whether nothing of a deregistered task is in flight any more."""
        if not any(container.running for container in task.containers):
            return True
        return all(self._drained(task, arn, port) for arn, port in task.attached)

    def _drained(self, task: Task, arn: str, port: int) -> bool:
        group = self._group(task, arn)
        if group is None or not self._is_balanced():
            return True
        delay = float(group.attributes.get("deregistration_delay.timeout_seconds", 300))
        over = self.world.clock.now() >= task.changed_at + delay
        return over or self.state(task.region, arn, task.private_ip, port) != DRAINING

    def state(self, region: str, arn: str, address: str, port: int) -> str:
        """Return a target's state as DescribeTargetHealth has it; ``healthy`` where no load balancer runs."""
        own = HOOKS.operations.get(("elbv2", "DescribeTargetHealth"))
        if own is None or not self._is_balanced() or arn not in self.world.backend("elbv2", region).target_groups:
            return "healthy"
        params = {"TargetGroupArn": arn, "Targets": [{"Id": address, "Port": port}]}
        answer = own(Call("elbv2", "DescribeTargetHealth", region, params, self.world)) or {}
        found = answer.get("TargetHealthDescriptions", [])
        return str(found[0]["TargetHealth"]["State"]) if found else "unused"

    def healthy(self, task: Task) -> bool:
        """Say whether a task runs and its load balancers, if any, found it healthy; an unused group does not ask."""
        states = {self.state(task.region, arn, task.private_ip, port) for arn, port in task.attached}
        return task.steady and states <= {"healthy", "unused"}

    def unhealthy_in(self, task: Task) -> tuple[str, int] | None:
        """Return target group and port in which a task fails its health checks."""
        failing = (
            pair for pair in task.attached if self.state(task.region, pair[0], task.private_ip, pair[1]) == UNHEALTHY
        )
        return next(failing, None)

    def _is_balanced(self) -> bool:
        return "edge" in self.world.movers

    def _group(self, task: Task, arn: str) -> Any | None:
        return self.world.backend("elbv2", task.region).target_groups.get(arn)

    def _tell(self, operation: str) -> None:
        edge = self.world.movers.get("edge")
        if edge:
            edge.changed("elbv2", operation)
