"""The tasks of both sides of a service: started, counted, and explained when they fail."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from ..task_log import last_words, stopped_tasks
from .spec import Colour

POLL = 10
#: Stopped tasks of a failed side that a record explains.
EXPLAINED = 2
LAST_WORDS = 3
#: Per cent where a service says nothing.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
MAXIMUM = 200


class TasksFailedError(ConvergeError):
    """The tasks of a side do not run or are not healthy."""


class Tasks:
    """The ECS services and target groups of a service.

    Args:
        cloud: the account and region.
        cluster: name of the cluster.
        container: name of the container whose log explains failures.
        revision: of the candidate where both versions are of one ECS service, so that only its ends count.
    """

    def __init__(self, cloud: Cloud, cluster: str, container: str, revision: str = "") -> None:
        self.cloud = cloud
        self.cluster = cluster
        self.container = container
        self.revision = revision

    def described(self, colour: Colour) -> dict[str, Any]:
        """Return the ECS service of a side.

        Raises:
            ConvergeError: there is none.
        """
        answer = self.cloud.read("ecs", "describe_services", cluster=self.cluster, services=[colour.ecs_service])
        if not answer["services"]:
            raise ConvergeError(f"{colour.ecs_service} is not there; run site.yml for the service first")
        service: dict[str, Any] = answer["services"][0]
        return service

    def desired(self, colour: Colour) -> int:
        """Return how many tasks a side wants."""
        return int(self.described(colour)["desiredCount"])

    def maximum_percent(self, colour: Colour) -> int:
        """Return how many per cent of its tasks a side may have during a deployment."""
        return int(self.described(colour).get("deploymentConfiguration", {}).get("maximumPercent", MAXIMUM))

    def update(self, colour: Colour, count: int, revision: str = "") -> None:
        """Ask for a number of tasks, and a revision; nothing is written when it is so already."""
        now = self.described(colour)
        wanted: dict[str, Any] = {"desiredCount": count} if now["desiredCount"] != count else {}
        if revision and now["taskDefinition"] != revision:
            wanted["taskDefinition"] = revision
        if wanted:
            target = {"cluster": self.cluster, "service": colour.ecs_service}
            self.cloud.write("ecs", "update_service", **target, **wanted)

    def health(self, colour: Colour) -> Counter[str]:
        """Return how many targets of a side are in which state, e.g. ``healthy``."""
        answer = self.cloud.read("elbv2", "describe_target_health", TargetGroupArn=colour.target_group)
        return Counter(item["TargetHealth"]["State"] for item in answer["TargetHealthDescriptions"])

    def await_healthy(self, colour: Colour, count: int, at_most: int) -> None:
        """Wait until ``count`` targets of a side are healthy and its deployment is complete.

        Raises:
            TasksFailedError: ECS gave up, or it took more than ``at_most`` seconds; the message has the last words.
        """
        try:
            self.cloud.wait_until(
                lambda: self._complete(colour, count),
                f"{colour.ecs_service}: {count} healthy tasks",
                at_most=at_most,
                poll=POLL,
                seen=lambda: self._how_far(colour),
            )
        except ConvergeError as error:
            raise TasksFailedError(str(error)) from error

    def _how_far(self, colour: Colour) -> str:
        service = self.described(colour)
        targets = [f"{number} {state}" for state, number in sorted(self.health(colour).items())]
        return (
            f", ECS runs {service['runningCount']} of {service['desiredCount']} tasks in {len(service['deployments'])}"
            f" deployments, targets are {', '.join(targets) or 'none'}"
        )

    def _complete(self, colour: Colour, count: int) -> bool:
        service = self.described(colour)
        failed = [item for item in service["deployments"] if item.get("rolloutState") == "FAILED"]
        if failed:
            words = "; ".join(event["message"] for event in service["events"][:LAST_WORDS])
            raise ConvergeError(f"{colour.ecs_service}: {failed[0].get('rolloutStateReason')}; {words}")
        return len(service["deployments"]) == 1 and self.health(colour)["healthy"] >= count

    def stopped(self, colour: Colour) -> list[dict[str, Any]]:
        """Return the stopped tasks of a side that ECS still shows, the last ones first."""
        stopped = stopped_tasks(self.cloud, self.cluster, colour.ecs_service)
        return [task for task in stopped if self.revision in {"", task["taskDefinitionArn"]}]

    def crashes(self, colour: Colour, since: float) -> int:
        """Return how many tasks of a side have ended by themselves after ``since``, seconds by AWS's clock."""
        ended = [task for task in self.stopped(colour) if task.get("stopCode") == "EssentialContainerExited"]
        return sum("stoppedAt" in task and task["stoppedAt"].timestamp() >= since for task in ended)

    def last_words(self, colour: Colour) -> list[str]:
        """Return why the last tasks of a side ended, with the end of their logs."""
        return [line for task in self.stopped(colour)[:EXPLAINED] for line in last_words(self.cloud, task)]
