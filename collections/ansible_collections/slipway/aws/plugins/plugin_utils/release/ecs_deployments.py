"""Deployments by ECS itself: rolling, blue/green, canary and linear.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-types.html
"""

from __future__ import annotations

import math
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..resource import ConvergeError
from .deployments import BACK, RETURNING, RUNNING, SUCCEEDED, Progress
from .engines import ALL_AT_ONCE, BLUE_GREEN, CANARY, LINEAR, ROLLING
from .spec import Spec

STATUSES = {
    "PENDING": RUNNING,
    "IN_PROGRESS": RUNNING,
    "SUCCESSFUL": SUCCEEDED,
    "STOPPED": BACK,
    "ROLLBACK_SUCCESSFUL": BACK,
    "ROLLBACK_FAILED": BACK,
}
UNENDED = ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"]
#: Before the first request of a user, and before each step.
GATES = ["POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"]
#: Minutes more than a step may take that ECS waits for our word before it goes back by itself.
GRACE = 15
WAITS = "AWAITING_ACTION"
CLEAN_UP = "CLEAN_UP"
#: Refusals of a stop when the deployment has ended or cannot go back any more.
TOO_LATE = ("ConflictException", "InvalidParameterException")
APPEARS_WITHIN, POLL = 120, 5
NAMES = {BLUE_GREEN: "BLUE_GREEN", ALL_AT_ONCE: "BLUE_GREEN", CANARY: "CANARY", LINEAR: "LINEAR", ROLLING: "ROLLING"}
#: What ``configuration`` writes anew each time.
OURS = ("strategy", "bakeTimeInMinutes", "lifecycleHooks", "alarms", "canaryConfiguration", "linearConfiguration")


class EcsDeployments:
    """The service deployments of one ECS service.

    Args:
        cloud: the account and region.
        spec: the release.
    """

    def __init__(self, cloud: Cloud, spec: Spec) -> None:
        self.cloud = cloud
        self.spec = spec
        self.target = {"cluster": spec.cluster, "service": spec.blue.ecs_service}

    def in_flight(self) -> str:
        """Return the ARN of a service deployment that goes on."""
        found = self._listed(status=UNENDED)
        return str(found[0]["serviceDeploymentArn"]) if found else ""

    def of(self, revision: str, since: float) -> str:
        """Return the newest service deployment if it is of a task definition and began after ``since``."""
        newest = self._listed()[:1]
        if not newest or newest[0]["createdAt"].timestamp() < since:
            return ""
        arn = newest[0]["targetServiceRevisionArn"]
        (shown,) = self.cloud.read("ecs", "describe_service_revisions", serviceRevisionArns=[arn])["serviceRevisions"]
        return str(newest[0]["serviceDeploymentArn"]) if shown["taskDefinition"] == revision else ""

    def start(self, revision: str, *, at_once: bool = False) -> str:
        """Give the service a revision, with the strategy of the release, and wait for the deployment to appear."""
        begun = self.cloud.time()
        kept = {name: value for name, value in self._described()["deploymentConfiguration"].items() if name not in OURS}
        wanted = {**kept, **configuration(self.spec, at_once=at_once)}
        self.cloud.write(
            "ecs", "update_service", **self.target, taskDefinition=revision, deploymentConfiguration=wanted
        )
        found: list[str] = []

        def appeared() -> bool:
            found[:] = [self.of(revision, begun - 1)]
            return bool(found[0])

        what = f"deployment of {revision.rpartition('/')[2]} by {self.spec.blue.ecs_service}"
        self.cloud.wait_until(appeared, what, at_most=APPEARS_WITHIN, poll=POLL)
        return found[0]

    def progress(self, deployment: str) -> Progress:
        """Return how far a service deployment is."""
        shown = self._deployment(deployment)
        status = STATUSES.get(shown["status"], RETURNING)
        stage = str(shown.get("lifecycleStage", ""))
        hooks = [one["hookId"] for one in shown.get("lifecycleHookDetails", []) if one["status"] == WAITS]
        reason = shown.get("statusReason") or shown.get("rollback", {}).get("reason") or shown["status"]
        share = self._share(shown)
        return Progress(status, stage, share, next(iter(hooks), ""), stage == CLEAN_UP, f"ECS: {reason}")

    def _share(self, shown: dict[str, Any]) -> float:
        """Return the per cent of the requests; a rolling one tells none, and has requests as soon as tasks run."""
        target = shown["targetServiceRevision"]
        if self.spec.strategy == ROLLING:
            return 100.0 if target.get("runningTaskCount") else 0.0
        return float(target.get("requestedProductionTrafficWeight", 0.0))

    def go_on(self, deployment: str, gate: str) -> None:
        """Answer a PAUSE hook."""
        self.cloud.write(
            "ecs", "continue_service_deployment", serviceDeploymentArn=deployment, hookId=gate, action="CONTINUE"
        )

    def stop(self, deployment: str) -> bool:
        """Stop with a rollback, which gives all traffic back at once."""
        try:
            self.cloud.write("ecs", "stop_service_deployment", serviceDeploymentArn=deployment, stopType="ROLLBACK")
        except ClientError as error:
            if error_code(error) not in TOO_LATE:
                raise
            return False
        return True

    def running(self) -> list[str]:
        """Return the task definitions of the service's deployments, the primary's first."""
        deployments = sorted(self._described()["deployments"], key=lambda one: one["status"] != "PRIMARY")
        return [str(one["taskDefinition"]) for one in deployments]

    def _described(self) -> dict[str, Any]:
        target = {"cluster": self.target["cluster"], "services": [self.target["service"]]}
        found: list[dict[str, Any]] = self.cloud.read("ecs", "describe_services", **target)["services"]
        if not found or found[0]["status"] != "ACTIVE":
            raise ConvergeError(f"{self.target['service']} is not there; run site.yml for the service first")
        return found[0]

    def _listed(self, **more: Any) -> list[dict[str, Any]]:
        """Return the newest service deployments; one page holds twenty."""
        answer = self.cloud.read("ecs", "list_service_deployments", **self.target, **more)
        return sorted(answer["serviceDeployments"], key=lambda one: one["createdAt"], reverse=True)

    def _deployment(self, arn: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.cloud.read(
            "ecs", "describe_service_deployments", serviceDeploymentArns=[arn]
        )["serviceDeployments"]
        if not found:
            raise ConvergeError(f"{arn} is not there any more; ECS keeps service deployments for 90 days")
        return found[0]


def configuration(spec: Spec, *, at_once: bool) -> dict[str, Any]:
    """Return what a release says of a deployment: strategy, steps, bake, alarms and where it waits for our word."""
    strategy = spec.strategy if not at_once or spec.strategy == ROLLING else ALL_AT_ONCE
    bake = 0 if at_once or strategy == ALL_AT_ONCE else math.ceil(spec.bake_minutes)
    heard = bool(spec.alarms) and not at_once  # what the bad version has set off must not stop the way back
    alarms = {"alarmNames": spec.alarms if heard else [], "enable": heard, "rollback": heard}
    wanted: dict[str, Any] = {"strategy": NAMES[strategy], "alarms": alarms}
    if strategy == ROLLING:
        return wanted
    wanted |= {"bakeTimeInMinutes": bake, "lifecycleHooks": [] if at_once else [_pause(spec)]}
    if strategy == CANARY:
        wanted["canaryConfiguration"] = {"canaryPercent": spec.steps[0], "canaryBakeTimeInMinutes": bake}
    if strategy == LINEAR:
        wanted["linearConfiguration"] = {"stepPercent": spec.steps[0], "stepBakeTimeInMinutes": bake}
    return wanted


def _pause(spec: Spec) -> dict[str, Any]:
    minutes = math.ceil(spec.bake_minutes + spec.extend_minutes) + GRACE
    return {
        "targetType": "PAUSE",
        "lifecycleStages": GATES,
        "timeoutConfiguration": {"timeoutInMinutes": minutes, "action": "ROLLBACK"},
    }
