"""Takes each service deployment that moves traffic from stage to stage, and back when it fails."""

from __future__ import annotations

from rehearsal.deployments.rollout import WAITING, Rollout, rollouts
from rehearsal.deployments.stages import Stages
from rehearsal.deployments.steps import WHOLE, of_strategy
from rehearsal.deployments.traffic import Traffic, TrafficError
from rehearsal.tasks.model import REVISION, SHIFTING, Deployment, Service
from rehearsal.tasks.mover import TaskMover
from rehearsal.tasks.scheduler import pair_of, ringing, threshold

BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ALARMS = "Service deployment rolled back because of a CloudWatch alarm: "
HOOK = "Service deployment rolled back because the lifecycle hook timed out."
#: What failures of these two kinds of watch have their ``rollback`` option from.
WATCHES = {BREAKER: "deploymentCircuitBreaker", ALARMS: "alarms"}


class Driver:
    """Drives the deployments of ECS's own strategies.

    Args:
        tasks: whose services they are; its lock is held while this acts.
        traffic: shifts requests.
    """

    def __init__(self, tasks: TaskMover, traffic: Traffic) -> None:
        self.tasks = tasks
        self.world = tasks.world
        self.stages = Stages(tasks, traffic)

    def act(self) -> None:
        """Take the next step of every deployment."""
        known = rollouts(self.world)
        for service in list(self.tasks.services.values()):
            primary = service.primary
            if primary.kind in SHIFTING and primary.id not in known:
                known[primary.id] = rollout = self._rollout(service, primary)
                self._enter(rollout, rollout.stage)
        for rollout in [one for one in known.values() if not one.over]:
            try:
                self._step(rollout)
            except TrafficError as error:
                rollout.stop = str(error)

    def _rollout(self, service: Service, deployment: Deployment) -> Rollout:
        """Begin a deployment: its tasks use the target groups that its source does not."""
        source = self._serving(deployment.sources)
        used = {entry["targetGroupArn"] for entry in source.balancers} if source else set()
        deployment.balancers = [
            {
                **entry,
                "targetGroupArn": next((arn for arn in pair_of(entry) if arn not in used), entry["targetGroupArn"]),
            }
            for entry in deployment.settings.get("loadBalancers", [])
        ]
        deployment.outcome = "IN_PROGRESS"
        steps, now = of_strategy(deployment.configuration), self.world.clock.now()
        stage = "RECONCILE_SERVICE" if len(deployment.sources) > 1 else "PRE_SCALE_UP"
        return Rollout(service, deployment, source, steps, now, service.desired, stage)

    def _serving(self, sources: list[Deployment]) -> Deployment | None:
        """Return which of the revisions that are there has the production traffic."""
        known = rollouts(self.world)
        for one in sources:
            if one.state == "COMPLETED" or (one.id in known and known[one.id].production == WHOLE):
                return one
        return next(iter(sources), None)

    def _step(self, rollout: Rollout) -> None:
        deployment = rollout.deployment
        if deployment.outcome == "ROLLBACK_IN_PROGRESS":
            self._end_rollback(rollout)
        elif rollout.service.status != "ACTIVE" or deployment.outcome == "STOPPED":
            rollout.over = True
        elif rollout.stop:
            self.roll_back(rollout, rollout.stop)
        else:
            self._advance(rollout)

    def _advance(self, rollout: Rollout) -> None:
        self.stages.follow_desired_count(rollout)
        failure = self._failure(rollout)
        if failure:
            self._fail(rollout, failure)
            return
        self._expire(rollout)
        if not rollout.waiting and not rollout.stop and self.stages.done(rollout):
            self._enter(rollout, self.stages.following(rollout))

    def _enter(self, rollout: Rollout, stage: str) -> None:
        now = self.world.clock.now()
        rollout.deployment.updated_at = now
        if not stage:
            self._succeed(rollout, now)
            return
        rollout.stage, rollout.entered, rollout.hooks = stage, now, []
        self.stages.begin(rollout)
        rollout.begin_hooks(now)

    def _succeed(self, rollout: Rollout, now: float) -> None:
        deployment, service = rollout.deployment, rollout.service
        deployment.state, rollout.over = "COMPLETED", True
        deployment.reason = f"ECS deployment {deployment.id} completed."
        deployment.conclude("SUCCESSFUL", "", now)
        service.tell(now, f"(deployment {deployment.id}) deployment completed.")

    # What goes wrong

    def _expire(self, rollout: Rollout) -> None:
        """Act as declared for hooks that nobody answered in time."""
        for hook in rollout.hooks:
            if hook.status == WAITING and self.world.clock.now() >= hook.expires_at:
                hook.status = "TIMED_OUT"
                if hook.timeout_action == "ROLLBACK":
                    rollout.stop = HOOK

    def _failure(self, rollout: Rollout) -> str:
        """Return what the circuit breaker or the alarms found, as long as they are watched."""
        deployment, configuration = rollout.deployment, rollout.deployment.configuration
        if rollout.stage == "CLEAN_UP":
            return ""
        breaker = configuration.get("deploymentCircuitBreaker", {})
        if breaker.get("enable") and deployment.failures >= threshold(rollout.service.desired, breaker):
            return BREAKER
        rollout.rang = [] if deployment.deaf else ringing(self.world, rollout.service.region, configuration)
        return ALARMS if rollout.rang else ""

    def _fail(self, rollout: Rollout, failure: str) -> None:
        """Roll back, or stop where it stands when nobody asked for a rollback or nothing is there to go back to."""
        text = failure + ", ".join(rollout.rang)
        if rollout.source and rollout.deployment.configuration[WATCHES[failure]]["rollback"]:
            self.roll_back(rollout, text)
            return
        now = self.world.clock.now()
        self._mark_failed(rollout, text, now)
        rollout.deployment.conclude("STOPPED", text, now)
        rollout.over = True

    def _mark_failed(self, rollout: Rollout, text: str, now: float) -> None:
        deployment = rollout.deployment
        deployment.state, deployment.reason, deployment.updated_at = "FAILED", text, now
        rollout.service.tell(now, f"(deployment {deployment.id}) deployment failed: {text}")

    def roll_back(self, rollout: Rollout, why: str) -> None:
        """Give all traffic back to the source at once, have it be the primary again, and end the new tasks."""
        rollout.rolled_back_at = now = self.world.clock.now()
        self._mark_failed(rollout, why, now)
        rollout.deployment.outcome_reason = why
        try:
            good = self._give_back(rollout)
        except TrafficError as error:
            rollout.deployment.conclude("ROLLBACK_FAILED", f"{why} {error}", now)
            rollout.over = True
            return
        rollout.deployment.outcome, rollout.deployment.rollback_to = "ROLLBACK_IN_PROGRESS", good
        rollout.service.tell(now, f"rolling back to (deployment {good.id}).")

    def _give_back(self, rollout: Rollout) -> Deployment:
        service, failed, good = rollout.service, rollout.deployment, rollout.source
        if good is None:
            raise TrafficError("There is no service revision to roll back to.")
        if rollout.production:
            self.stages.shift_production(rollout, 0)
        if rollout.test:
            self.stages.shift_test(rollout, 0)
        failed.desired, failed.primary, good.primary, good.state = 0, False, True, "COMPLETED"
        service.deployments = [good, *(one for one in service.deployments if one is not good)]
        service.settings = {name: value for name, value in service.settings.items() if name not in REVISION}
        service.settings.update(good.settings)
        return good

    def _end_rollback(self, rollout: Rollout) -> None:
        if rollout.deployment not in rollout.service.deployments:
            rollout.deployment.conclude(
                "ROLLBACK_SUCCESSFUL", rollout.deployment.outcome_reason, self.world.clock.now()
            )
            rollout.over = True
