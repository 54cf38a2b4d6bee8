"""Tasks and services as the runner knows them."""

from __future__ import annotations

import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from rehearsal.tasks.images import Image
from rehearsal.tasks.network import Interface

#: Virtual seconds from RunTask to an attached interface, and from there to a pulled image.
PROVISIONING, PULLING = 5.0, 15.0

#: Strategies by which traffic moves from one full set of tasks to another.
SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")
CODE_DEPLOY = "CODE_DEPLOY"

#: Settings of a service that belong to its revision, beside the task definition: to change one is to deploy.
REVISION = (
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


class TaskFailed(Exception):  # noqa: N818  reads as what it says
    """A task cannot start.

    Args:
        reason: AWS's ``stoppedReason``.
    """


class Inside(Protocol):
    """A program that runs in the cloud's own process."""

    def poll(self) -> int | None:
        """Return its exit code, ``None`` while it runs."""

    def end(self) -> None:
        """Have it end; must be quick."""


@dataclass
class Container:
    """One container of a task: a process, or a part of the cloud's own.

    Attributes:
        definition: from the task definition, under the API's names.
        image: once it was pulled.
        environment: what its process sees of image, definition, secrets and overrides.
        log: group and stream that its output goes to, ``None`` for nowhere.
        copying: the thread that copies its output.
        inside: what runs when that is no process.
        told: whether it was told to end.
        listening: whether its port answered.
    """

    definition: dict[str, Any]
    image: Image | None = None
    environment: dict[str, str] = field(default_factory=dict)
    log: tuple[str, str] | None = None
    copying: threading.Thread | None = None
    process: subprocess.Popen[bytes] | None = None
    inside: Inside | None = None
    told: bool = False
    exit_code: int | None = None
    reason: str = ""
    listening: bool = False

    @property
    def name(self) -> str:
        """Its name in the task definition."""
        return str(self.definition["name"])

    @property
    def essential(self) -> bool:
        """Whether the task ends with it."""
        return bool(self.definition.get("essential", True))

    @property
    def port(self) -> int:
        """The first port that it listens on, 0 for none."""
        mappings = self.definition.get("portMappings") or [{}]
        return int(mappings[0].get("containerPort", 0))

    @property
    def program(self) -> subprocess.Popen[bytes] | Inside | None:
        """What runs, or ran; ``None`` before its start."""
        return self.process or self.inside

    @property
    def running(self) -> bool:
        """Whether it started and has not ended."""
        return self.program is not None and self.exit_code is None


@dataclass
class Task:
    """One task.

    Attributes:
        request: the parameters it was started with: subnets, groups, overrides, group, startedBy.
        definition: the task definition as described by the API.
        deployment: id of the deployment that wants it, empty for a one-shot.
        changed_at: virtual time of the last change of status.
        activated: real time (monotonic) when its processes were started.
        was_healthy: whether its load balancers found it healthy once.
        counted: whether its failure was counted.
        stop: how and why it is to stop.
    """

    arn: str
    region: str
    cluster_arn: str
    definition: dict[str, Any]
    request: dict[str, Any]
    group: str
    created_at: float
    deployment: str = ""
    status: str = "PROVISIONING"
    desired: str = "RUNNING"
    changed_at: float = 0.0
    started_at: float | None = None
    stopping_at: float | None = None
    stopped_at: float | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    interface: Interface | None = None
    placed: str = ""
    address: str = ""
    activated: float = 0.0
    was_healthy: bool = False
    counted: bool = False
    containers: list[Container] = field(default_factory=list)
    attached: list[tuple[str, int]] = field(default_factory=list)
    killed_at: float | None = None
    health: str = "UNKNOWN"

    @property
    def id(self) -> str:
        """Last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def private_ip(self) -> str:
        """Address of its interface."""
        return self.interface.address if self.interface else ""

    @property
    def subnet(self) -> str:
        """The subnet it was placed in: at random, or where its service put it."""
        return str(self.placed or self.request["subnets"][int(self.id[:4], 16) % len(self.request["subnets"])])

    @property
    def alive(self) -> bool:
        """Whether it has not stopped."""
        return self.status != "STOPPED"

    @property
    def steady(self) -> bool:
        """Whether it runs and is to go on running."""
        return self.status == "RUNNING" and self.desired == "RUNNING"

    def ask_to_stop(self, code: str, reason: str) -> None:
        """Have it stop; the first reason stays."""
        if self.desired == "RUNNING":
            self.desired, self.stop_code, self.stopped_reason = "STOPPED", code, reason


@dataclass
class Deployment:
    """One deployment of a service, and the service revision that it brings.

    Attributes:
        definition: ARN of the task definition.
        settings: what else belongs to the revision, under the API's names.
        desired: how many tasks it should have.
        failures: tasks that failed one after the other; failed: all that failed before it was complete.
        quiet_until: virtual time before which it starts no task, after failures.
        outcome: status of the service deployment, with its reason.
        sources: the deployments it replaces.
        kind: its strategy, or ``CODE_DEPLOY`` for a task set of CodeDeploy.
        configuration: the deployment configuration that it began with.
        balancers: the entries of ``loadBalancers`` with the target groups that its tasks really use.
        deaf: whether an alarm rang when it began: ECS then ignores the alarms until it ends.
        names: of Service Connect, that there were when it began.
    """

    id: str
    definition: str
    created_at: float
    updated_at: float
    kind: str = "ROLLING"
    configuration: dict[str, Any] = field(default_factory=dict)
    balancers: list[dict[str, Any]] = field(default_factory=list)
    deaf: bool = False
    names: list[dict[str, Any]] = field(default_factory=list)
    state: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    primary: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    desired: int = 0
    failures: int = 0
    quiet_until: float = 0.0
    outcome: str = "IN_PROGRESS"
    outcome_reason: str = ""
    finished_at: float | None = None
    rollback_to: Deployment | None = None
    sources: list[Deployment] = field(default_factory=list)

    @property
    def number(self) -> str:
        """What its ARNs end with."""
        return self.id.rsplit("/", 1)[-1]

    def conclude(self, outcome: str, reason: str, now: float) -> None:
        """End the service deployment."""
        self.outcome, self.outcome_reason, self.finished_at = outcome, reason, now


@dataclass
class Service:
    """One service: what CreateService and UpdateService set, and what became of it.

    Attributes:
        settings: under the API's names.
        history: every deployment there was, the newest first.
        is_steady: whether it said that it is.
    """

    arn: str
    region: str
    name: str
    cluster_arn: str
    settings: dict[str, Any]
    created_at: float
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    history: list[Deployment] = field(default_factory=list)
    is_steady: bool = False

    @property
    def primary(self) -> Deployment:
        """The deployment that is wanted."""
        return next(deployment for deployment in self.deployments if deployment.primary)

    @property
    def kind(self) -> str:
        """How its next deployment goes: a strategy of ECS's own, or ``CODE_DEPLOY``."""
        if self.settings.get("deploymentController", {}).get("type") == CODE_DEPLOY:
            return CODE_DEPLOY
        return str(self.settings.get("deploymentConfiguration", {}).get("strategy", "ROLLING"))

    @property
    def desired(self) -> int:
        """The desired count."""
        return int(self.settings.get("desiredCount", 0))

    def tell(self, now: float, text: str) -> None:
        """Add an event; AWS keeps the last hundred."""
        event = {"id": str(uuid.uuid4()), "createdAt": now, "message": f"(service {self.name}) {text}"}
        self.events = [event, *self.events][:100]
