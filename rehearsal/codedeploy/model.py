"""CodeDeploy's groups and deployments as the local cloud knows them."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rehearsal.codedeploy.appspec import AppSpec
from rehearsal.deployments.steps import Step
from rehearsal.tasks.model import Deployment as TaskSet
from rehearsal.tasks.model import Service
from rehearsal.world import World

_LETTERS = string.ascii_uppercase + string.digits
#: Who assumes the role of a deployment group.
TRUSTED = "codedeploy.amazonaws.com"
#: Statuses of a deployment that goes on.
ACTIVE = ("Created", "Queued", "InProgress", "Ready")
#: Between the lifecycle events: what waits for somebody, and what ends the old task set.
READY, TERMINATION = "ready", "termination"
PHASES = (
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "AllowTestTraffic",
    "AfterAllowTestTraffic",
    READY,
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
    TERMINATION,
)
TEST_EVENTS = ("AllowTestTraffic", "AfterAllowTestTraffic")


@dataclass
class Event:
    """One lifecycle event of the target; times are virtual seconds."""

    name: str
    status: str = "Pending"
    started_at: float | None = None
    ended_at: float | None = None


@dataclass
class Deployment:
    """One deployment of CodeDeploy.

    Attributes:
        group: the deployment group's parameters when it was created, with what the deployment overrides.
        revision: as it was given.
        spec: what it says.
        steps: of production traffic; step: how many of them were taken.
        blue, green: the original and the replacement task set.
        phase: lifecycle event or wait that it is in; entered: virtual time of its begin.
        production, test: per cent of either traffic that the replacement has.
        final: whether its original task set is being ended, so that nothing leads back.
        continued: waits that somebody ended.
        error: code and message of what went wrong.
        stopping: why it is to stop with the next step: code, message, and whether it rolls back.
        undoes: the deployment that this one rolls back, ``None`` for an ordinary one.
        undone_by: id of the deployment that rolls this one back.
    """

    region: str
    group: dict[str, Any]
    revision: dict[str, Any]
    spec: AppSpec
    steps: list[Step]
    service: Service
    created_at: float
    request: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: "d-" + "".join(secrets.choice(_LETTERS) for _ in range(9)))
    creator: str = "user"
    status: str = "Created"
    blue: TaskSet | None = None
    green: TaskSet | None = None
    phase: str = ""
    entered: float = 0.0
    step: int = 0
    production: float = 0.0
    test: float = 0.0
    final: bool = False
    events: list[Event] = field(default_factory=list)
    continued: set[str] = field(default_factory=set)
    error: tuple[str, str] | None = None
    stopping: tuple[str, str, bool] | None = None
    undoes: Deployment | None = None
    undone_by: str = ""
    started_at: float | None = None
    completed_at: float | None = None

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self.status in ACTIVE

    @property
    def pair(self) -> dict[str, Any]:
        """The two target groups with their routes."""
        return dict(self.group["loadBalancerInfo"]["targetGroupPairInfoList"][0])

    @property
    def tests(self) -> bool:
        """Whether there is a route for test traffic."""
        return bool(self.pair.get("testTrafficRoute", {}).get("listenerArns"))

    def waits(self, name: str) -> dict[str, Any]:
        """Return one option of the blue/green configuration."""
        found: dict[str, Any] = self.group["blueGreenDeploymentConfiguration"].get(name, {})
        return found

    def rolls_back_on(self, event: str) -> bool:
        """Say whether an event has it rolled back by itself."""
        configuration = self.group.get("autoRollbackConfiguration", {})
        return bool(configuration.get("enabled")) and event in configuration.get("events", [])


def groups(world: World, region: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the deployment groups of a region for ECS, by names of application and group."""
    found: dict[tuple[str, str], dict[str, Any]] = world.kept("codedeploy.groups").setdefault(region, {})
    return found


def deployments(world: World) -> dict[str, Deployment]:
    """Return all deployments by id, the oldest first."""
    return world.kept("codedeploy.deployments")


def of_group(world: World, region: str, application: str, group: str) -> Iterator[Deployment]:
    """Yield the deployments of a group, the newest first."""
    for one in reversed(list(deployments(world).values())):
        names = (one.group["applicationName"], one.group["deploymentGroupName"])
        if one.region == region and names == (application, group):
            yield one
