"""The service scheduler: rolling deployments, replacement of lost tasks, the circuit breaker."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable

from rehearsal.tasks.model import Deployment, Service, Task
from rehearsal.tasks.targets import Targets
from rehearsal.world import World

#: Failed tasks after which a deployment counts as failed: half of the desired count within these bounds.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
BREAKER_LEAST, BREAKER_MOST = 3, 200
#: Virtual seconds before a service whose tasks fail starts more.
THROTTLE = 10.0
Start = Callable[[Service, Deployment], None]


class Scheduler:
    """Brings services to their desired state.

    Args:
        world: the local cloud.
        targets: tells who is healthy.
        start: starts one task of a deployment.
    """

    def __init__(self, world: World, targets: Targets, start: Start) -> None:
        self.world = world
        self.targets = targets
        self.start = start

    def deploy(self, service: Service, definition: str) -> None:
        """Begin a new deployment; the one before is no longer the primary."""
        now = self.world.clock.now()
        for old in service.deployments:
            old.primary = False
        new = Deployment(f"ecs-svc/{uuid.uuid4().int % 10**19:019d}", definition, now, now)
        service.deployments = [new, *service.deployments]

    def step(self, service: Service, tasks: list[Task]) -> None:
        """Start and stop tasks so far as the deployment's limits allow now."""
        alive = [task for task in tasks if task.alive]
        self._replace_unhealthy(service, alive)
        self._count_failures(service, tasks)
        new = [task for task in alive if task.deployment == service.primary.id and task.desired == "RUNNING"]
        old = [task for task in alive if task.deployment != service.primary.id and task.desired == "RUNNING"]
        self._start_missing(service, new, old)
        self._stop_surplus(service, new, old)
        self._conclude(service, new, [task for task in alive if task.deployment != service.primary.id])

    def _limits(self, service: Service) -> tuple[int, int]:
        configuration = service.settings.get("deploymentConfiguration", {})
        least = configuration.get("minimumHealthyPercent", 100) * service.desired / 100
        most = configuration.get("maximumPercent", 200) * service.desired / 100
        return math.ceil(least), math.floor(most)

    def _start_missing(self, service: Service, new: list[Task], old: list[Task]) -> None:
        if service.status != "ACTIVE" or self.world.clock.now() < service.quiet_until:
            return
        if service.primary.state == "FAILED":
            return
        room = self._limits(service)[1] - len(new) - len(old)
        missing = service.desired - len(new)
        for _ in range(max(0, min(room, missing))):
            self.start(service, service.primary)

    def _stop_surplus(self, service: Service, new: list[Task], old: list[Task]) -> None:
        for task in new[service.desired :]:
            task.ask_to_stop(
                "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.deployment})"
            )
        if service.desired == 0:
            spare = len(old)
        else:
            healthy = sum(self.healthy(task) for task in [*new, *old])
            spare = healthy - self._limits(service)[0]
            spare = max(spare, 0) if all(map(self.healthy, new)) and len(new) >= min(service.desired, 1) else 0
            spare = len(old) if len(new) >= service.desired and all(map(self.healthy, new)) else spare
        for task in old[:spare]:
            text = f"Scaling activity initiated by (deployment {service.primary.id})"
            task.ask_to_stop("ServiceSchedulerInitiated", text)

    def healthy(self, task: Task) -> bool:
        """Say whether a task runs and its load balancers, if any, found it healthy."""
        return self.targets.healthy(task)

    def _replace_unhealthy(self, service: Service, alive: list[Task]) -> None:
        grace, now = service.settings.get("healthCheckGracePeriodSeconds", 0), self.world.clock.now()
        for task in alive:
            failing = self.targets.unhealthy_in(task) if task.steady else None
            if failing and now - (task.started_at or now) >= grace:
                arn, port = failing
                task.ask_to_stop("ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {arn})")
                service.tell(
                    now, f"(port {port}) is unhealthy in (target-group {arn}) due to (reason Health checks failed)"
                )

    def _count_failures(self, service: Service, tasks: list[Task]) -> None:
        """Count the tasks of the primary deployment that failed, and open the circuit when they are too many."""
        deployment = service.primary
        failed = sum(1 for task in tasks if task.deployment == deployment.id and _failed(task))
        if failed > deployment.failed:
            service.quiet_until = self.world.clock.now() + THROTTLE
        deployment.failed = failed
        breaker = service.settings.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
        threshold = min(BREAKER_MOST, max(BREAKER_LEAST, math.ceil(service.desired / 2)))
        if deployment.state == "IN_PROGRESS" and breaker.get("enable") and failed >= threshold:
            self._break(service, deployment, rollback=bool(breaker.get("rollback")))

    def _break(self, service: Service, deployment: Deployment, *, rollback: bool) -> None:
        now = self.world.clock.now()
        deployment.state, deployment.updated_at = "FAILED", now
        deployment.reason = "ECS deployment circuit breaker: tasks failed to start."
        service.tell(now, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
        if rollback and service.last_completed and service.last_completed != deployment.definition:
            self.deploy(service, service.last_completed)
            service.primary.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {deployment.id}."
            service.tell(now, f"rolling back to (task definition {service.last_completed}).")

    def _conclude(self, service: Service, new: list[Task], others: list[Task]) -> None:
        done = len(new) == service.desired and all(map(self.healthy, new)) and not others
        if service.primary.state != "IN_PROGRESS" or not done:
            return
        now = self.world.clock.now()
        service.primary.state, service.primary.updated_at = "COMPLETED", now
        service.primary.reason = f"ECS deployment {service.primary.id} completed."
        service.last_completed = service.primary.definition
        service.deployments = [service.primary]
        service.tell(now, "has reached a steady state.")


def _failed(task: Task) -> bool:
    by_health = task.stopped_reason.startswith("Task failed ELB health checks")
    return task.desired == "STOPPED" and (
        task.stop_code in {"TaskFailedToStart", "EssentialContainerExited"} or by_health
    )
