"""Whether a service is what a release says: revision, running images, targets and weights, as AWS has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from ..task_log import SHOWN
from .deployments import Deployments
from .spec import Colour, Spec
from .traffic import Rule

HEALTHY = "healthy"


def read_back(
    cloud: Cloud, spec: Spec, deployments: Deployments, version: Mapping[str, Any], side: Colour
) -> list[str]:
    """Return in what a service with one ECS service differs from having one version alone, empty when in nothing.

    Args:
        cloud: the account and region.
        spec: the release.
        deployments: of the service.
        version: its ``revision`` and ``digest``.
        side: the target group that is to have all requests.
    """
    running = deployments.running()
    if running != [version["revision"]]:
        return [f"ECS runs {', '.join(arn.rpartition('/')[2] for arn in running)}"]
    tasks = _tasks(cloud, spec.cluster, side)
    return [*_images(tasks, spec.container, version), *_targets(cloud, side, tasks), *_weights(cloud, spec, side)]


def _tasks(cloud: Cloud, cluster: str, side: Colour) -> list[dict[str, Any]]:
    query = {"cluster": cluster, "serviceName": side.ecs_service, "desiredStatus": "RUNNING"}
    arns = cloud.pages("ecs", "list_tasks", "taskArns", **query)
    pages = [arns[start : start + SHOWN] for start in range(0, len(arns), SHOWN)]
    answers = [cloud.read("ecs", "describe_tasks", cluster=cluster, tasks=page) for page in pages]
    return [task for answer in answers for task in answer["tasks"]]


def _images(tasks: list[dict[str, Any]], container: str, version: Mapping[str, Any]) -> list[str]:
    found = {
        one.get("imageDigest")
        for task in tasks
        for one in task["containers"]
        if one["name"] == container and task["lastStatus"] == "RUNNING"
    }
    return [] if found == {version["digest"]} else [f"the tasks run {', '.join(sorted(map(str, found))) or 'nothing'}"]


def _targets(cloud: Cloud, side: Colour, tasks: list[dict[str, Any]]) -> list[str]:
    """Return which addresses get requests that are no running task's, and which tasks get none."""
    answer = cloud.read("elbv2", "describe_target_health", TargetGroupArn=side.target_group)
    targets = answer["TargetHealthDescriptions"]
    serving = {one["Target"]["Id"] for one in targets if one["TargetHealth"]["State"] == HEALTHY}
    running = {_address(task) for task in tasks}
    if serving == running and serving:
        return []
    return [f"healthy targets are {', '.join(sorted(serving)) or 'none'}, tasks {', '.join(sorted(running)) or 'none'}"]


def _address(task: dict[str, Any]) -> str:
    details = [one for attached in task["attachments"] for one in attached["details"]]
    return next((str(one["value"]) for one in details if one["name"] == "privateIPv4Address"), "no address")


def _weights(cloud: Cloud, spec: Spec, side: Colour) -> list[str]:
    weights = Rule(cloud, spec.rule).weights()
    serving = [arn for arn, weight in weights.items() if weight]
    return [] if serving == [side.target_group] else [f"the weights are {weights}"]
