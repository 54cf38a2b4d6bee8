"""The lifecycle stages of a service deployment: what each begins, and when it is done.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.deployments.rollout import Rollout
from rehearsal.deployments.steps import WHOLE
from rehearsal.deployments.traffic import Share, Traffic
from rehearsal.tasks import mesh
from rehearsal.tasks.mover import TaskMover

ORDER = (
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
)


class Stages:
    """What the stages do.

    Args:
        tasks: keeps the tasks of both revisions.
        traffic: shifts requests between their target groups.
    """

    def __init__(self, tasks: TaskMover, traffic: Traffic) -> None:
        self.tasks = tasks
        self.traffic = traffic
        self.clock = tasks.world.clock
        self._begins: dict[str, Callable[[Rollout], None]] = {
            "RECONCILE_SERVICE": self._reconcile,
            "SCALE_UP": self._scale_up,
            "TEST_TRAFFIC_SHIFT": lambda rollout: self.shift_test(rollout, WHOLE),
            "PRODUCTION_TRAFFIC_SHIFT": self._step,
            "CLEAN_UP": self._clean_up,
        }
        self._ends: dict[str, Callable[[Rollout], bool]] = {
            "RECONCILE_SERVICE": self._reconciled,
            "SCALE_UP": self._scaled_up,
            "PRODUCTION_TRAFFIC_SHIFT": self._stepped,
            "BAKE_TIME": self._baked,
            "CLEAN_UP": self._cleaned_up,
        }

    def begin(self, rollout: Rollout) -> None:
        """Begin the present stage's work, if it has any."""
        work = self._begins.get(rollout.stage)
        if work:
            work(rollout)

    def done(self, rollout: Rollout) -> bool:
        """Say whether the present stage is done, but for its hooks."""
        end = self._ends.get(rollout.stage)
        return end is None or end(rollout)

    def following(self, rollout: Rollout) -> str:
        """Return the next stage, empty after the last; each step of traffic has its own two stages."""
        if rollout.stage == "PRODUCTION_TRAFFIC_SHIFT" and rollout.step < len(rollout.steps):
            return "PRE_PRODUCTION_TRAFFIC_SHIFT"
        return next(iter(ORDER[ORDER.index(rollout.stage) + 1 :]), "")

    # Traffic

    def shift_production(self, rollout: Rollout, percent: float) -> None:
        """Give the new revision a share of the production traffic."""
        self._shift(rollout, "productionListenerRule", percent)
        rollout.production = percent
        if mesh.configuration(rollout.service.settings):
            self.traffic.tell()

    def shift_test(self, rollout: Rollout, percent: float) -> None:
        """Give the new revision a share of the test traffic."""
        self._shift(rollout, "testListenerRule", percent)
        rollout.test = percent

    def _shift(self, rollout: Rollout, name: str, percent: float) -> None:
        for entry in rollout.deployment.balancers:
            advanced, new = entry.get("advancedConfiguration", {}), entry["targetGroupArn"]
            if name in advanced:
                share = Share(rollout.counterpart(new), new, percent)
                self.traffic.shift_rule(rollout.service.region, advanced[name], share, advanced["roleArn"])

    # Work

    def _reconcile(self, rollout: Rollout) -> None:
        """Have all traffic at the source, and nothing else run, before a new revision comes."""
        for one in rollout.service.deployments:
            if one not in (rollout.deployment, rollout.source):
                one.desired = 0
        if rollout.source and len(rollout.service.deployments) > len((rollout.deployment, rollout.source)):
            self.shift_production(rollout, 0)
            self.shift_test(rollout, 0)

    def _reconciled(self, rollout: Rollout) -> bool:
        return all(one in (rollout.deployment, rollout.source) for one in rollout.service.deployments)

    def _scale_up(self, rollout: Rollout) -> None:
        rollout.deployment.desired = rollout.service.desired

    def follow_desired_count(self, rollout: Rollout) -> None:
        """Scale both revisions out when the service is; nobody scales the old one in before it goes."""
        wanted, old, new = rollout.service.desired, rollout.source, rollout.deployment
        if wanted != rollout.desired and new.desired:
            new.desired = wanted
        if wanted > rollout.desired and old and old.desired:
            old.desired = max(old.desired, wanted)
        rollout.desired = wanted

    def _scaled_up(self, rollout: Rollout) -> bool:
        return self.tasks.scheduler.filled(rollout.deployment, self.tasks.of(rollout.service))

    def _step(self, rollout: Rollout) -> None:
        self.shift_production(rollout, rollout.steps[rollout.step].percent)
        rollout.step += 1

    def _stepped(self, rollout: Rollout) -> bool:
        waits = rollout.steps[rollout.step - 1].seconds if rollout.source else 0
        return self.clock.now() >= rollout.entered + waits

    def _baked(self, rollout: Rollout) -> bool:
        """Nothing is left to go back to at the first deployment, so that has no bake time."""
        minutes = rollout.deployment.configuration.get("bakeTimeInMinutes", 0) if rollout.source else 0
        return self.clock.now() >= rollout.entered + 60 * minutes

    def _clean_up(self, rollout: Rollout) -> None:
        if rollout.source:
            rollout.source.desired = 0

    def _cleaned_up(self, rollout: Rollout) -> bool:
        return rollout.service.deployments == [rollout.deployment]
