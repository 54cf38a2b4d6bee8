"""The service scheduler: rolling deployments, sets of tasks side by side, lost tasks replaced, the circuit breaker.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rehearsal.tasks import mesh
from rehearsal.tasks.model import CODE_DEPLOY, REVISION, SHIFTING, Deployment, Service, Task, TaskFailed
from rehearsal.tasks.preparation import check_roles
from rehearsal.tasks.targets import Targets
from rehearsal.world import World

#: Failed tasks in a row after which a deployment counts as failed: half of the desired count within these bounds.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
BREAKER_LEAST, BREAKER_MOST = 3, 200
#: Virtual seconds before a service whose tasks keep failing starts more, doubled each time, and the longest such wait.
THROTTLE, LONGEST_THROTTLE = 10.0, 900.0
Start = Callable[[Service, Deployment], Task]


def threshold(desired: int, breaker: Mapping[str, Any]) -> int:
    """Return how many failed tasks open the circuit; by default half of the desired count, within bounds."""
    how = {"type": "BOUNDED_PERCENT", "value": 50, **breaker.get("thresholdConfiguration", {})}
    if how["type"] == "COUNT":
        return int(how["value"])
    share = math.ceil(desired * int(how["value"]) / 100)
    return share if how["type"] == "UNBOUNDED_PERCENT" else max(BREAKER_LEAST, min(BREAKER_MOST, share))


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

    def deploy(self, service: Service, definition: str) -> Deployment:
        """Begin a deployment of the service's present settings; the one before is no longer the primary."""
        now, number = self.world.clock.now(), f"{uuid.uuid4().int % 10**19:019d}"
        for old in service.deployments:
            old.primary = False
            if old.outcome in {"PENDING", "IN_PROGRESS"}:
                old.conclude("STOPPED", "The deployment was replaced by a newer one.", now)
        settings = {name: service.settings[name] for name in REVISION if name in service.settings}
        configuration = service.settings.get("deploymentConfiguration", {})
        new = Deployment(f"ecs-svc/{number}", definition, now, now, service.kind, configuration, settings=settings)
        new.balancers = _balancers(service)
        new.names = mesh.known(self.world, service)
        new.deaf = bool(ringing(self.world, service.region, configuration))
        new.sources = list(service.deployments)
        if new.kind in SHIFTING:
            new.outcome = "PENDING"
        elif new.kind == CODE_DEPLOY:
            new.desired, new.state, new.outcome = service.desired, "COMPLETED", "SUCCESSFUL"
        service.deployments = [new, *service.deployments]
        service.history = [new, *service.history]
        service.is_steady = False
        return new

    def step(self, service: Service, tasks: list[Task]) -> None:
        """Start and stop tasks so far as the deployment's limits allow now."""
        alive = [task for task in tasks if task.alive]
        if service.status == "ACTIVE":
            self._judge(service, tasks)
        if service.primary.kind == "ROLLING":
            self._roll(service, alive)
        else:
            self._keep(service, alive)

    def _roll(self, service: Service, alive: list[Task]) -> None:
        """Replace the tasks of older deployments by the primary's."""
        if service.status == "ACTIVE":
            service.primary.desired = service.desired
            self._break(service)
        new = [task for task in alive if task.deployment == service.primary.id and task.desired == "RUNNING"]
        old = [task for task in alive if task.deployment != service.primary.id and task.desired == "RUNNING"]
        room = min(self._limits(service)[1] - len(alive), service.desired - len(new))
        self._start_missing(service, service.primary, room)
        self._stop_surplus(service, new, old)
        self._conclude(service, new, [task for task in alive if task.deployment != service.primary.id])

    def _keep(self, service: Service, alive: list[Task]) -> None:
        """Keep each deployment's tasks at the number it should have: ``rehearsal.deployments`` says which."""
        primary = service.primary
        if primary.state == "COMPLETED":
            primary.desired = service.desired
        for deployment in list(service.deployments):
            own = [task for task in alive if task.deployment == deployment.id]
            running = [task for task in own if task.desired == "RUNNING"]
            wanted = deployment.desired if service.status == "ACTIVE" else 0
            self._start_missing(service, deployment, wanted - len(running))
            self._stop(service, deployment, self._least_useful_first(running)[: max(0, len(running) - wanted)])
            if not own and deployment is not primary and not deployment.desired:
                service.deployments.remove(deployment)
        steady = primary.state == "COMPLETED" and service.deployments == [primary] and self.filled(primary, alive)
        self._tell_steady(service, steady=steady)

    def filled(self, deployment: Deployment, tasks: Sequence[Task]) -> bool:
        """Say whether a deployment has all tasks it should have, and all are healthy."""
        own = [task for task in tasks if task.deployment == deployment.id and task.desired == "RUNNING"]
        return len(own) == deployment.desired and all(map(self.healthy, own))

    def _limits(self, service: Service) -> tuple[int, int]:
        configuration = service.settings.get("deploymentConfiguration", {})
        least = configuration.get("minimumHealthyPercent", 100) * service.desired / 100
        most = configuration.get("maximumPercent", 200) * service.desired / 100
        return math.ceil(least), max(1, math.floor(most))

    # Failures

    def _judge(self, service: Service, tasks: list[Task]) -> None:
        """Note who is healthy and who failed, each task once, and stop who fails the load balancer's checks."""
        deployments = {deployment.id: deployment for deployment in service.deployments}
        for task in tasks:
            deployment = deployments.get(task.deployment)
            if task.steady and self._fails_checks(service, task):
                self._stop_unhealthy(service, task)
            elif task.steady and not task.was_healthy and self.healthy(task):
                task.was_healthy = True
                breaker = deployment.configuration.get("deploymentCircuitBreaker", {}) if deployment else {}
                if deployment and breaker.get("resetOnHealthyTask", True):
                    deployment.failures = 0
            if deployment and not task.counted and _failed(task):
                task.counted = True
                self._count(deployment)

    def _fails_checks(self, service: Service, task: Task) -> bool:
        grace, now = service.settings.get("healthCheckGracePeriodSeconds", 0), self.world.clock.now()
        return self.targets.unhealthy_in(task) is not None and now - (task.started_at or now) >= grace

    def _stop_unhealthy(self, service: Service, task: Task) -> None:
        failing = self.targets.unhealthy_in(task)
        if failing is None:
            return
        arn, port = failing
        reason = f"(port {port}) is unhealthy in (target-group {arn}) due to (reason Health checks failed)"
        service.tell(self.world.clock.now(), reason)
        task.ask_to_stop("ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {arn})")

    def _count(self, deployment: Deployment) -> None:
        deployment.failures += 1
        if deployment.state == "IN_PROGRESS":
            deployment.failed += 1
        wait = THROTTLE * 2.0 ** max(0, deployment.failures - BREAKER_LEAST)
        deployment.quiet_until = self.world.clock.now() + min(LONGEST_THROTTLE, wait)

    def _break(self, service: Service) -> None:
        """Fail the deployment when too many of its tasks failed or an alarm rings."""
        deployment, configuration = service.primary, service.settings.get("deploymentConfiguration", {})
        if deployment.state != "IN_PROGRESS":
            return
        breaker, alarms = configuration.get("deploymentCircuitBreaker", {}), configuration.get("alarms", {})
        rang = [] if deployment.deaf else ringing(self.world, service.region, configuration)
        if breaker.get("enable") and deployment.failures >= threshold(service.desired, breaker):
            self._fail(service, "tasks failed to start.", rollback=bool(breaker.get("rollback")))
        elif rang:
            self._fail(service, f"alarm detected: {rang[0]}.", rollback=bool(alarms.get("rollback")))

    def _fail(self, service: Service, why: str, *, rollback: bool) -> None:
        now, failed = self.world.clock.now(), service.primary
        failed.state, failed.updated_at = "FAILED", now
        failed.reason = f"ECS deployment circuit breaker: {why}"
        failed.conclude("STOPPED", failed.reason, now)
        service.tell(now, f"(deployment {failed.id}) deployment failed: {why}")
        good = next((one for one in service.history if one.state == "COMPLETED"), None)
        if rollback and good:
            self.roll_back(service, good)

    def roll_back(self, service: Service, good: Deployment) -> None:
        """Deploy an earlier revision again, with all settings that belong to it."""
        failed, now = service.primary, self.world.clock.now()
        service.settings = {name: value for name, value in service.settings.items() if name not in REVISION}
        service.settings.update(good.settings)
        new = self.deploy(service, good.definition)
        new.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {good.id}."
        failed.outcome, failed.rollback_to = "ROLLBACK_IN_PROGRESS", good
        service.tell(now, f"rolling back to (deployment {good.id}).")

    # Tasks

    def _start_missing(self, service: Service, deployment: Deployment, room: int) -> None:
        now = self.world.clock.now()
        if service.status != "ACTIVE" or now < deployment.quiet_until or deployment.state == "FAILED":
            return
        if room <= 0 or not self._may_launch(service, deployment):
            return
        started = " ".join(f"(task {self.start(service, deployment).id})" for _ in range(room))
        service.tell(now, f"has started {room} tasks: {started}.")

    def _may_launch(self, service: Service, deployment: Deployment) -> bool:
        definition = self.world.backend("ecs", service.region).describe_task_definition(deployment.definition)
        arns = [getattr(definition, name, None) for name in ("execution_role_arn", "task_role_arn")]
        try:
            check_roles(self.world, arns)
        except TaskFailed as error:
            service.tell(self.world.clock.now(), f"failed to launch a task with (error {error}).")
            self._count(deployment)
            return False
        return True

    def _stop_surplus(self, service: Service, new: list[Task], old: list[Task]) -> None:
        """Stop what is too many of the new, and of the old those that are unhealthy or that the minimum can spare."""
        going = self._least_useful_first(new)[: max(0, len(new) - service.desired)]
        healthy = [task for task in old if self.healthy(task)]
        spare = len(healthy) + sum(map(self.healthy, new)) - len(going) - self._limits(service)[0]
        going += [task for task in old if task not in healthy] + healthy[: max(0, spare)]
        self._stop(service, service.primary, going)

    def _least_useful_first(self, tasks: list[Task]) -> list[Task]:
        return sorted(tasks, key=lambda task: (self.healthy(task), -task.created_at))

    def _stop(self, service: Service, deployment: Deployment, going: list[Task]) -> None:
        text = f"Scaling activity initiated by (deployment {deployment.id})"
        for task in going:
            task.ask_to_stop("ServiceSchedulerInitiated", text)
        if going:
            names = " ".join(f"(task {task.id})" for task in going)
            service.tell(self.world.clock.now(), f"has stopped {len(going)} running tasks: {names}.")

    def healthy(self, task: Task) -> bool:
        """Say whether a task runs and its load balancers, if any, found it healthy."""
        return self.targets.healthy(task)

    def _conclude(self, service: Service, new: list[Task], others: list[Task]) -> None:
        """Say when the deployment is complete, and when the service is steady."""
        deployment, now = service.primary, self.world.clock.now()
        done = service.status == "ACTIVE" and len(new) == service.desired and all(map(self.healthy, new)) and not others
        if not others:
            service.deployments = [deployment]
        if done and deployment.state == "IN_PROGRESS":
            deployment.state, deployment.updated_at = "COMPLETED", now
            deployment.reason = f"ECS deployment {deployment.id} completed."
            deployment.conclude("SUCCESSFUL", "", now)
            service.tell(now, f"(deployment {deployment.id}) deployment completed.")
            for other in service.history:
                if other.outcome == "ROLLBACK_IN_PROGRESS":
                    other.conclude("ROLLBACK_SUCCESSFUL", other.reason, now)
        self._tell_steady(service, steady=done)

    def _tell_steady(self, service: Service, *, steady: bool) -> None:
        if steady and not service.is_steady:
            service.tell(self.world.clock.now(), "has reached a steady state.")
        service.is_steady = steady


def _balancers(service: Service) -> list[dict[str, Any]]:
    """Return the service's load balancers with the target group of each pair that serves now."""
    serving = {entry["targetGroupArn"] for entry in (service.deployments[0].balancers if service.deployments else [])}
    entries = service.settings.get("loadBalancers", [])
    return [{**one, "targetGroupArn": next(iter(serving & set(pair_of(one))), pair_of(one)[0])} for one in entries]


def pair_of(entry: dict[str, Any]) -> list[str]:
    """Return the target group of a load balancer's entry, and the alternate one if there is one."""
    alternate = entry.get("advancedConfiguration", {}).get("alternateTargetGroupArn")
    return [entry["targetGroupArn"], *([alternate] if alternate else [])]


def ringing(world: World, region: str, configuration: dict[str, Any]) -> list[str]:
    """Return which alarms of a deployment configuration are in ALARM."""
    watched = configuration.get("alarms", {})
    alarms = world.backend("cloudwatch", region).alarms
    names = watched.get("alarmNames", []) if watched.get("enable") else []
    return [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]


def _failed(task: Task) -> bool:
    by_health = task.stopped_reason.startswith("Task failed ELB health checks")
    by_itself = task.stop_code in {"TaskFailedToStart", "EssentialContainerExited"}
    return task.desired == "STOPPED" and (by_itself or by_health)
