"""Takes CodeDeploy's deployments from lifecycle event to lifecycle event, and back when they fail.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.codedeploy import tasksets
from rehearsal.codedeploy.model import PHASES, READY, TERMINATION, TEST_EVENTS, Deployment, Event, deployments
from rehearsal.deployments.steps import WHOLE
from rehearsal.deployments.traffic import Share, Traffic, TrafficError
from rehearsal.tasks.mover import TaskMover
from rehearsal.tasks.scheduler import ringing

#: Virtual seconds that a replacement has to become healthy.
STEADY_WITHIN = 3600.0
TIMEOUT = (
    "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 "
    "minutes."
)
ALARM = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected "
    "deployments have been stopped. Activated alarms: "
)
NOT_CONTINUED = "The deployment was stopped because traffic was not rerouted within the wait time."


class Engine:
    """Drives CodeDeploy's deployments.

    Args:
        tasks: whose services they are; its lock is held while this acts.
        traffic: shifts requests.
    """

    def __init__(self, tasks: TaskMover, traffic: Traffic) -> None:
        self.tasks = tasks
        self.traffic = traffic
        self.clock = tasks.world.clock
        self._begins: dict[str, Callable[[Deployment], None]] = {
            "Install": self._install,
            "AllowTestTraffic": lambda one: self._shift_test(one, WHOLE),
            READY: self._await,
            "AllowTraffic": self._step,
        }
        self._ends: dict[str, Callable[[Deployment], bool]] = {
            "Install": self._installed,
            READY: self._ready,
            "AllowTraffic": self._shifted,
            TERMINATION: self._terminated,
        }

    def act(self) -> None:
        """Take the next step of every deployment."""
        for one in [one for one in deployments(self.tasks.world).values() if one.active]:
            try:
                self._act(one)
            except TrafficError as error:
                self._end(one, "Failed", ("CODEDEPLOY_RESOURCE_CANNOT_BE_FOUND", str(error)))

    def _act(self, one: Deployment) -> None:
        self._look_for_alarms(one)
        if one.service.status != "ACTIVE":
            self._end(one, "Failed", ("ECS_UPDATE_ERROR", "The ECS service is not active any more."))
        elif one.undoes:
            self._undo(one, one.undoes)
        elif one.stopping:
            self._stop(one)
        elif not one.phase:
            one.status, one.started_at = "InProgress", self.clock.now()
            one.events = [Event(name) for name in PHASES if self._is_event(one, name)]
            self._enter(one, PHASES[0])
        elif self._ends.get(one.phase, _at_once)(one):
            self._leave(one)

    def _is_event(self, one: Deployment, name: str) -> bool:
        return name not in {READY, TERMINATION} and (one.tests or name not in TEST_EVENTS)

    def _enter(self, one: Deployment, phase: str) -> None:
        one.phase, one.entered = phase, self.clock.now()
        self._mark(one, "InProgress")
        begin = self._begins.get(phase)
        if begin:
            begin(one)

    def _leave(self, one: Deployment) -> None:
        self._mark(one, "Succeeded")
        rest = [name for name in PHASES[PHASES.index(one.phase) + 1 :] if one.tests or name not in TEST_EVENTS]
        if rest:
            self._enter(one, rest[0])
        else:
            self._end(one, "Succeeded")

    def _mark(self, one: Deployment, status: str) -> None:
        """Note how far the lifecycle event of the present phase is."""
        for event in one.events:
            if event.name == one.phase:
                event.status = status
                event.started_at = event.started_at or self.clock.now()
                event.ended_at = None if status == "InProgress" else self.clock.now()

    def _end(self, one: Deployment, status: str, error: tuple[str, str] | None = None) -> None:
        one.status, one.error, one.completed_at = status, error, self.clock.now()

    # Phases

    def _install(self, one: Deployment) -> None:
        one.green = tasksets.replace(self.tasks, one)
        self._shift_production(one, 0)  # what an earlier deployment left must get no request when its tasks end

    def _installed(self, one: Deployment) -> bool:
        green = one.green
        if green and self.tasks.scheduler.filled(green, self.tasks.of(one.service)):
            return True
        if self.clock.now() >= one.entered + STEADY_WITHIN:
            self._mark(one, "Failed")
            self._fail(one, ("TIMEOUT", TIMEOUT))
        return False

    def _await(self, one: Deployment) -> None:
        if one.waits("deploymentReadyOption").get("actionOnTimeout") == "STOP_DEPLOYMENT":
            one.status = "Ready"

    def _ready(self, one: Deployment) -> bool:
        """Go on at once or when somebody says so; after the wait time, stop."""
        if one.status != "Ready" or "READY_WAIT" in one.continued:
            one.status = "InProgress"
            return True
        if self.clock.now() >= one.entered + 60 * one.waits("deploymentReadyOption").get("waitTimeInMinutes", 0):
            one.stopping = ("TIMEOUT", NOT_CONTINUED, one.rolls_back_on("DEPLOYMENT_FAILURE"))
        return False

    def _step(self, one: Deployment) -> None:
        self._shift_production(one, one.steps[one.step].percent)
        one.step += 1

    def _shifted(self, one: Deployment) -> bool:
        """Take the steps one after the other; with the last one the replacement is the primary task set."""
        if self.clock.now() < one.entered + sum(step.seconds for step in one.steps[: one.step]):
            return False
        if one.step < len(one.steps):
            self._step(one)
            return False
        tasksets.promote(one)
        return True

    def _terminated(self, one: Deployment) -> bool:
        wait = 60 * one.waits("terminateBlueInstancesOnDeploymentSuccess").get("terminationWaitTimeInMinutes", 0)
        if self.clock.now() >= one.entered + wait or "TERMINATION_WAIT" in one.continued:
            one.final = True
            tasksets.retire(one)
        return one.blue not in one.service.deployments

    # Traffic

    def _shift_production(self, one: Deployment, percent: float) -> None:
        self._shift(one, "prodTrafficRoute", percent)
        one.production = percent

    def _shift_test(self, one: Deployment, percent: float) -> None:
        self._shift(one, "testTrafficRoute", percent)
        one.test = percent

    def _shift(self, one: Deployment, route: str, percent: float) -> None:
        share = Share(*tasksets.target_groups(self.tasks.world, one), percent)
        for arn in one.pair.get(route, {}).get("listenerArns", []):
            self.traffic.shift_listener(one.region, arn, share, one.group["serviceRoleArn"])

    # What goes wrong

    def _look_for_alarms(self, one: Deployment) -> None:
        """Stop when an alarm rings, one that rang before too: CodeDeploy does not pass over it."""
        watched = one.group.get("alarmConfiguration", {})
        names = [alarm["name"] for alarm in watched.get("alarms", [])]
        alarms = {"enable": watched.get("enabled"), "alarmNames": names}
        rang = ringing(self.tasks.world, one.region, {"alarms": alarms})
        if rang and not one.stopping and not one.undoes and not one.final:
            text = ALARM + ", ".join(rang)
            one.stopping = ("ALARM_ACTIVE", text, one.rolls_back_on("DEPLOYMENT_STOP_ON_ALARM"))

    def _fail(self, one: Deployment, error: tuple[str, str]) -> None:
        self._end(one, "Failed", error)
        if one.rolls_back_on("DEPLOYMENT_FAILURE"):
            self._roll_back(one)

    def _stop(self, one: Deployment) -> None:
        code, text, rolls_back = one.stopping or ("", "", False)
        self._mark(one, "Skipped")
        self._end(one, "Stopped", (code, text))
        if rolls_back:
            self._roll_back(one)

    def _roll_back(self, one: Deployment) -> None:
        """Create the deployment that undoes this one."""
        undoing = Deployment(one.region, one.group, one.revision, one.spec, [], one.service, self.clock.now())
        undoing.creator, undoing.undoes, one.undone_by = "codeDeployRollback", one, undoing.id
        undoing.blue, undoing.green = one.blue, one.green
        deployments(self.tasks.world)[undoing.id] = undoing
        self._act(undoing)

    def _undo(self, one: Deployment, failed: Deployment) -> None:
        """Give all traffic back to the original task set first, then end the replacement."""
        if one.status == "Created":
            one.status, one.started_at = "InProgress", self.clock.now()
            if failed.green:
                self._shift_production(failed, 0)
                if failed.tests:
                    self._shift_test(failed, 0)
                tasksets.restore(failed)
        if failed.green not in one.service.deployments:
            self._end(one, "Succeeded")


def _at_once(one: Deployment) -> bool:
    del one
    return True
