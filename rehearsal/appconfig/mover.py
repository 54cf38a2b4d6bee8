"""Takes deployments from share to share, watches alarms meanwhile, and takes back what they ring for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.appconfig.model import Deployment, Environment, applications, moment
from rehearsal.appconfig.shares import WHOLE
from rehearsal.loop import Loop
from rehearsal.tasks import permissions
from rehearsal.tasks.mover import SHORTEST_TICK, TICK
from rehearsal.world import World

#: Who assumes the role of a monitor.
TRUSTED = "appconfig.amazonaws.com"
READS_ALARMS = "cloudwatch:DescribeAlarms"
#: States of an alarm in which a deployment is taken back.
#: https://docs.aws.amazon.com/appconfig/latest/userguide/monitoring-deployments.html
BAD = ("ALARM", "INSUFFICIENT_DATA")


class AppConfigMover:
    """Moves the deployments of all regions.

    Args:
        world: the local cloud.
    """

    name = "appconfig"

    def __init__(self, world: World) -> None:
        self.world = world
        self._loop = Loop("appconfig", self.act, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for deployments, and for alarms that somebody sets."""
        del operation
        if service in {"appconfig", "cloudwatch"}:
            self._loop.wake()

    def stop(self) -> None:
        """Act no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a deployment in progress."""
        return [
            {"deployment": one.number, "configuration": one.shown["ConfigurationName"], "share": f"{one.share:g} %"}
            for _, _, one in self._active()
        ]

    def _active(self) -> Iterator[tuple[str, Environment, Deployment]]:
        for region in list(self.world.kept("appconfig.applications")):
            for application in list(applications(self.world, region).values()):
                for environment in list(application.environments.values()):
                    if environment.active:
                        yield region, environment, environment.active

    def act(self) -> None:
        """Take the next step of every deployment."""
        with self.world.lock:
            for region, environment, one in self._active():
                self._step(region, environment, one)

    def _step(self, region: str, environment: Environment, one: Deployment) -> None:
        now = self.world.clock.now()
        rang = self._ringing(region, environment)
        if one.state == "ROLLING_BACK":
            one.state, one.completed = "ROLLED_BACK", now
            one.tell(now, "ROLLBACK_COMPLETED", "APPCONFIG", "Rollback completed")
            environment.shown["State"] = "ROLLED_BACK"
        elif rang:
            take_back(one, now, "CLOUDWATCH_ALARM", f"Rollback initiated by CloudWatch alarm {rang}")
            environment.shown["State"] = "ROLLING_BACK"
        else:
            self._grow(environment, one, now)

    def _grow(self, environment: Environment, one: Deployment, now: float) -> None:
        passed = now - one.started
        share = one.strategy.share(passed)
        if share != one.share:
            one.share = share
            one.tell(now, "PERCENTAGE_UPDATED", "APPCONFIG", f"Configuration available to {share:.2f}% of clients")
        if share == WHOLE and one.state == "DEPLOYING" and passed >= one.strategy.duration:
            one.state = "BAKING"
            one.tell(now, "BAKE_TIME_STARTED", "APPCONFIG", f"Deployment bake time started at {moment(now)}")
        if one.state == "BAKING" and passed >= one.strategy.duration + one.strategy.bake:
            one.state, one.completed = "COMPLETE", now
            one.tell(now, "DEPLOYMENT_COMPLETED", "APPCONFIG", "Deployment completed")
            environment.shown["State"] = "READY_FOR_DEPLOYMENT"

    def _ringing(self, region: str, environment: Environment) -> str:
        """Return the ARN of an alarm for which a deployment is taken back, empty when there is none."""
        alarms = self.world.backend("cloudwatch", region).alarms
        for monitor in environment.shown.get("Monitors") or []:
            arn, role = monitor["AlarmArn"], monitor.get("AlarmRoleArn", "")
            found = alarms.get(arn.rpartition(":alarm:")[2])
            if found is None or found.state_value in BAD or not self._may_read(role, arn):
                return str(arn)
        return ""

    def _may_read(self, role: str, alarm: str) -> bool:
        """Say whether AppConfig can look at an alarm in a role; without a role it looks by a right of its own."""
        found = permissions.role(self.world, role) if role else None
        if not role:
            return True
        trusted = found is not None and permissions.trusts(found, TRUSTED)
        return trusted and permissions.may(self.world, role, READS_ALARMS, alarm)


def take_back(one: Deployment, now: float, by: str, text: str) -> None:
    """Have nobody get what a deployment brought any more."""
    one.state, one.share = "ROLLING_BACK", 0.0
    one.tell(now, "ROLLBACK_STARTED", by, text)
