"""The end of a task's log, for who has to explain why it failed."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from .cloud import Cloud, error_code

#: Lines told of each container.
LAST_LINES = 20
#: Tasks that one call describes.
SHOWN = 100


def task_log(cloud: Cloud, task: dict[str, Any]) -> list[str]:
    """Return the last lines that the containers of a task wrote; none while they log elsewhere.

    Args:
        cloud: the account and region.
        task: as DescribeTasks has it.
    """
    definition = cloud.read("ecs", "describe_task_definition", taskDefinition=task["taskDefinitionArn"])
    lines: list[str] = []
    for container in definition["taskDefinition"]["containerDefinitions"]:
        options = container.get("logConfiguration", {}).get("options", {})
        if {"awslogs-group", "awslogs-stream-prefix"} <= set(options):
            stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task['taskArn'].rsplit('/', 1)[-1]}"
            lines += _events(cloud, options["awslogs-group"], stream)
    return lines


def stopped_tasks(cloud: Cloud, cluster: str, service: str) -> list[dict[str, Any]]:
    """Return the stopped tasks of an ECS service that ECS still shows, the last ones first."""
    query = {"cluster": cluster, "serviceName": service, "desiredStatus": "STOPPED"}
    arns = cloud.pages("ecs", "list_tasks", "taskArns", **query)[:SHOWN]
    if not arns:
        return []
    tasks = cloud.read("ecs", "describe_tasks", cluster=cluster, tasks=arns)["tasks"]
    return sorted(tasks, key=lambda task: task["createdAt"], reverse=True)


def last_words(cloud: Cloud, task: dict[str, Any]) -> list[str]:
    """Return why a stopped task ended and how its containers did, in one line, with the end of its log."""
    codes = [f"{one['name']} ended with {one.get('exitCode', 'no code')}" for one in task["containers"]]
    reason = "; ".join([task.get("stoppedReason", "no reason given"), *codes])
    return [f"task {task['taskArn'].rsplit('/', 1)[-1]}: {reason}", *task_log(cloud, task)]


def _events(cloud: Cloud, group: str, stream: str) -> list[str]:
    try:
        answer = cloud.read("logs", "get_log_events", logGroupName=group, logStreamName=stream, limit=LAST_LINES)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":  # it ended before it said anything
            raise
        return []
    return [event["message"] for event in answer["events"]]
