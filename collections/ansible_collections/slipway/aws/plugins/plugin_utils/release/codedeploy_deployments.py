"""Deployments by CodeDeploy: blue/green between two task sets of one ECS service.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

from __future__ import annotations

import json
import math
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..repetition import SHOWS_WITHIN, UncertainError
from ..resource import ConvergeError
from .deployments import BACK, RETURNING, RUNNING, SUCCEEDED, Progress
from .engines import CANARY, LINEAR
from .spec import Spec

ACTIVE = ["Created", "Queued", "InProgress", "Ready"]
READY = "READY_WAIT"
#: Minutes that CodeDeploy waits for our word before the first request of a user; then it stops.
PATIENCE = 15
TOO_LATE = ("DeploymentAlreadyCompletedException", "UnsupportedActionForDeploymentTypeException")
ROLL_BACK_ON = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
AT_ONCE = "CodeDeployDefault.ECSAllAtOnce"


class CodedeployDeployments:
    """The deployments of one service's deployment group.

    Args:
        cloud: the account and region.
        spec: the release.
    """

    def __init__(self, cloud: Cloud, spec: Spec) -> None:
        self.cloud = cloud
        self.spec = spec
        name = spec.blue.ecs_service
        self.group = {"applicationName": name, "deploymentGroupName": name}

    def in_flight(self) -> str:
        """Return the id of a deployment that goes on, or of one that undoes another."""
        return next(iter(self._listed(includeOnlyStatuses=ACTIVE)), "")

    def of(self, revision: str, since: float) -> str:
        """Return the newest deployment that somebody created, if it is of a revision and began after ``since``."""
        ids = self._listed()[:5]
        found = self._described(ids)
        newest = [one for one in found if one["creator"] == "user" and one["createTime"].timestamp() >= since][:1]
        return next((str(one["deploymentId"]) for one in newest if one.get("description") == revision), "")

    def start(self, revision: str, *, at_once: bool = False) -> str:
        """Set how long the group waits, then deploy; CodeDeploy has one deployment of a group at a time."""
        self._set_waits(at_once=at_once)
        begun = self.cloud.time()
        try:
            return self._created(revision, at_once=at_once)
        except UncertainError:
            self.cloud.wait(SHOWS_WITHIN)
            return self.of(revision, begun - 1) or self._created(revision, at_once=at_once)

    def _created(self, revision: str, *, at_once: bool) -> str:
        answer = self.cloud.write(
            "codedeploy",
            "create_deployment",
            **self.group,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": self._app_spec(revision)}},
            deploymentConfigName=AT_ONCE if at_once else _configuration(self.spec),
            description=revision,
            autoRollbackConfiguration={"enabled": True, "events": ROLL_BACK_ON},
            overrideAlarmConfiguration=self._alarms(heard=not at_once),
        )
        return str(answer["deploymentId"])

    def _app_spec(self, revision: str) -> str:
        used = self._service()["loadBalancers"][0]
        balancer = {"ContainerName": used["containerName"], "ContainerPort": used["containerPort"]}
        properties = {"TaskDefinition": revision, "LoadBalancerInfo": balancer}
        target = {"Type": "AWS::ECS::Service", "Properties": properties}
        return json.dumps({"version": 0.0, "Resources": [{"TargetService": target}]})

    def _alarms(self, *, heard: bool) -> dict[str, Any]:
        """Return the alarms that stop a deployment; what the bad version has set off must not stop the way back."""
        names = [{"name": name} for name in self.spec.alarms if heard]
        return {"enabled": bool(names), "ignorePollAlarmFailure": False, "alarms": names}

    def _set_waits(self, *, at_once: bool) -> None:
        """Wait for our word before users come, and keep the old version for the time of the bake."""
        ready = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": PATIENCE}
        wanted = {
            "terminateBlueInstancesOnDeploymentSuccess": {
                "action": "TERMINATE",
                "terminationWaitTimeInMinutes": 0 if at_once else math.ceil(self.spec.bake_minutes),
            },
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"} if at_once else ready,
        }
        shown = self.cloud.read("codedeploy", "get_deployment_group", **self.group)["deploymentGroupInfo"]
        if _differs(shown.get("blueGreenDeploymentConfiguration", {}), wanted):
            names = {"applicationName": self.group["applicationName"]}
            names["currentDeploymentGroupName"] = self.group["deploymentGroupName"]
            self.cloud.write("codedeploy", "update_deployment_group", **names, blueGreenDeploymentConfiguration=wanted)

    def progress(self, deployment: str) -> Progress:
        """Return how far a deployment is; one that is being undone returns."""
        (shown,) = self._described([deployment])
        sets = self._task_sets(deployment)
        green, blue = sets.get("Green", {}), sets.get("Blue", {})
        gate = READY if shown["status"] == "Ready" else ""
        final = shown.get("instanceTerminationWaitTimeStarted", False) and blue.get("status") == "DRAINING"
        told = shown.get("errorInformation", {}).get("message") or shown["status"]
        return Progress(
            self._status(shown),
            "wait for the end of the old version" if shown.get("instanceTerminationWaitTimeStarted") else "",
            float(green.get("trafficWeight", 0.0)),
            gate,
            final,
            f"CodeDeploy: {told}",
        )

    def _status(self, shown: dict[str, Any]) -> str:
        if shown["status"] in ACTIVE:
            return RUNNING
        undoing = shown.get("rollbackInfo", {}).get("rollbackDeploymentId")
        if undoing and self._described([undoing])[0]["status"] in ACTIVE:
            return RETURNING
        return SUCCEEDED if shown["status"] == "Succeeded" else BACK

    def _task_sets(self, deployment: str) -> dict[str, dict[str, Any]]:
        """Return the task sets of a deployment by their labels, Blue and Green."""
        targets = self.cloud.pages("codedeploy", "list_deployment_targets", "targetIds", deploymentId=deployment)
        if not targets:
            return {}
        answer = self.cloud.read(
            "codedeploy", "batch_get_deployment_targets", deploymentId=deployment, targetIds=targets
        )
        shown = answer["deploymentTargets"][0]["ecsTarget"]
        return {one["taskSetLabel"]: one for one in shown.get("taskSetsInfo", [])}

    def go_on(self, deployment: str, gate: str) -> None:
        """Let users' requests come."""
        self.cloud.write("codedeploy", "continue_deployment", deploymentId=deployment, deploymentWaitType=gate)

    def stop(self, deployment: str) -> bool:
        """Stop with a rollback, which is a deployment of its own."""
        try:
            self.cloud.write("codedeploy", "stop_deployment", deploymentId=deployment, autoRollbackEnabled=True)
        except ClientError as error:
            if error_code(error) not in TOO_LATE:
                raise
            return False
        return True

    def running(self) -> list[str]:
        """Return the task definitions of the service's task sets, the primary's first."""
        sets = sorted(self._service().get("taskSets", []), key=lambda one: one["status"] != "PRIMARY")
        return [str(one["taskDefinition"]) for one in sets]

    def _service(self) -> dict[str, Any]:
        answer = self.cloud.read(
            "ecs", "describe_services", cluster=self.spec.cluster, services=[self.spec.blue.ecs_service]
        )
        if not answer["services"]:
            raise ConvergeError(f"{self.spec.blue.ecs_service} is not there; run site.yml for the service first")
        service: dict[str, Any] = answer["services"][0]
        return service

    def _listed(self, **more: Any) -> list[str]:
        return list(self.cloud.pages("codedeploy", "list_deployments", "deployments", **self.group, **more))

    def _described(self, ids: list[str]) -> list[dict[str, Any]]:
        """Return deployments, the newest first."""
        if not ids:
            return []
        answer = self.cloud.read("codedeploy", "batch_get_deployments", deploymentIds=ids)
        return sorted(answer["deploymentsInfo"], key=lambda one: one["createTime"], reverse=True)


def _configuration(spec: Spec) -> str:
    """Return the name of CodeDeploy's own configuration with a strategy's steps and minutes."""
    minutes = round(spec.bake_minutes)
    names = {CANARY: f"ECSCanary10Percent{minutes}Minutes", LINEAR: f"ECSLinear10PercentEvery{minutes}Minutes"}
    return f"CodeDeployDefault.{names[spec.strategy]}" if spec.strategy in names else AT_ONCE


def _differs(shown: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return any(shown.get(name, {}).get(key) != value for name, part in wanted.items() for key, value in part.items())
