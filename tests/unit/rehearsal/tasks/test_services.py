"""Services: tasks that are kept, replaced, rolled and rolled back."""

from __future__ import annotations

import os
import signal
from typing import Any

from tests.unit.rehearsal.tasks.conftest import Cloud, wait

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def steady(service: dict[str, Any]) -> bool:
    return bool(service["deployments"][0]["rolloutState"] == "COMPLETED")


def texts(service: dict[str, Any]) -> str:
    return "\n".join(event["message"] for event in service["events"])


def version(cloud: Cloud, tag: str, family: str) -> str:
    cloud.push(f"web:{tag}")
    return cloud.register(cloud.container(image=f"{cloud.uri}:{tag}"), family=family)


def test_a_service_runs_and_is_registered(cloud: Cloud) -> None:
    cluster, before = cloud.cluster(), set(cloud.addresses())
    made = cloud.create_service(cluster, cloud.register(), desiredCount=2)
    assert made["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    service = cloud.until_service(cluster, "web", steady)
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    new = set(cloud.addresses()) - before
    assert len(new) == 2
    assert all('"version":"1.0.0"' in cloud.ask(address, "/version") for address in new)
    assert "has reached a steady state." in texts(service)
    subnets = {
        detail["value"]
        for task in _tasks(cloud, cluster)
        for detail in task["attachments"][0]["details"]
        if detail["name"] == "subnetId"
    }
    assert subnets == {cloud.open, cloud.other}


def _tasks(cloud: Cloud, cluster: str, status: str = "RUNNING") -> list[dict[str, Any]]:
    arns = cloud.ecs.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
    found: list[dict[str, Any]] = cloud.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return found


def test_a_dead_task_is_replaced(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    cloud.create_service(cluster, cloud.register())
    cloud.until_service(cluster, "web", steady)
    (first,) = _tasks(cloud, cluster)
    owners = {pid: cloud.mover.task_of_pid(pid) for pid in cloud.mover.pids()}
    (pid,) = [pid for pid, owner in owners.items() if owner and owner[0] == first["taskArn"]]
    assert cloud.mover.security_groups(pid) == {cloud.group}
    os.kill(pid, signal.SIGKILL)
    assert cloud.until_task(cluster, first["taskArn"], "STOPPED")["containers"][0]["exitCode"] == 137
    cloud.until_service(cluster, "web", lambda service: service["runningCount"] == 1)
    assert [task["taskArn"] for task in _tasks(cloud, cluster)] != [first["taskArn"]]


def test_scaling_up_down_and_away(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    cloud.create_service(cluster, cloud.register(), desiredCount=0)
    cloud.ecs.update_service(cluster=cluster, service="web", desiredCount=3)
    cloud.until_service(cluster, "web", lambda service: service["runningCount"] == 3)
    cloud.ecs.update_service(cluster=cluster, service="web", desiredCount=1)
    service = cloud.until_service(cluster, "web", lambda service: service["runningCount"] == 1)
    assert len(service["deployments"]) == 1
    stopped = _tasks(cloud, cluster, "STOPPED")
    assert all(task["stoppedReason"].startswith("Scaling activity initiated by") for task in stopped)
    cloud.ecs.delete_service(cluster=cluster, service="web", force=True)
    cloud.until_service(cluster, "web", lambda service: service["status"] == "INACTIVE")
    assert cloud.ecs.list_tasks(cluster=cluster)["taskArns"] == []


def test_a_rolling_deployment_keeps_the_minimum(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    cloud.create_service(cluster, cloud.register(family="rolling"), desiredCount=2)
    first = cloud.until_service(cluster, "web", steady)
    second = version(cloud, "1.1.0", "rolling")
    cloud.ecs.update_service(cluster=cluster, service="web", taskDefinition=second)
    seen: list[int] = []

    def done() -> Any:
        service = cloud.service(cluster, "web")
        seen.append(service["runningCount"])
        return service if steady(service) and service["taskDefinition"] == second else None

    service = wait(done, "the deployment did not end", 30)
    assert min(seen) >= 2, texts(service)
    assert service["deployments"][0]["id"] != first["deployments"][0]["id"]
    history = cloud.ecs.list_service_deployments(cluster=cluster, service="web")["serviceDeployments"]
    assert [one["status"] for one in history] == ["SUCCESSFUL", "SUCCESSFUL"]
    described = cloud.ecs.describe_service_deployments(serviceDeploymentArns=[history[0]["serviceDeploymentArn"]])
    revision = described["serviceDeployments"][0]["targetServiceRevision"]["arn"]
    shown = cloud.ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"][0]
    assert shown["taskDefinition"] == second


def test_the_circuit_breaker_rolls_back(cloud: Cloud) -> None:
    cluster, good = cloud.cluster(), cloud.register(family="breaking")
    cloud.create_service(cluster, good, deploymentConfiguration=BREAKER)
    cloud.until_service(cluster, "web", steady)
    bad = version(cloud, "1.2.0-crash-start", "breaking")
    cloud.ecs.update_service(cluster=cluster, service="web", taskDefinition=bad)
    service = cloud.until_service(
        cluster, "web", lambda service: steady(service) and "rolling back" in texts(service), 40
    )
    assert service["taskDefinition"] == good
    assert service["runningCount"] == 1
    assert "deployment failed: tasks failed to start." in texts(service)
    history = cloud.ecs.list_service_deployments(cluster=cluster, service="web")["serviceDeployments"]
    assert [one["status"] for one in history] == ["SUCCESSFUL", "ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]


def test_failing_health_checks_fail_a_deployment(cloud: Cloud) -> None:
    cluster, good = cloud.cluster(), cloud.register(family="sick")
    cloud.create_service(cluster, good, deploymentConfiguration=BREAKER)
    cloud.until_service(cluster, "web", steady)
    healthy = cloud.addresses()
    cloud.edge.states.update(dict.fromkeys(healthy, "healthy"))
    cloud.edge.default = "unhealthy"
    cloud.ecs.update_service(cluster=cluster, service="web", taskDefinition=version(cloud, "1.1.0", "sick"))
    service = cloud.until_service(cluster, "web", lambda service: "deployment failed" in texts(service), 40)
    assert "is unhealthy in (target-group" in texts(service)
    assert service["runningCount"] >= 1
    cloud.edge.default = "healthy"
    cloud.until_service(cluster, "web", lambda service: steady(service) and service["taskDefinition"] == good, 40)


def test_a_crash_after_a_minute_is_no_failed_start(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    cloud.create_service(cluster, version(cloud, "1.2.0-crash-later", "later"), deploymentConfiguration=BREAKER)
    service = cloud.until_service(cluster, "web", steady)
    assert service["runningCount"] == 1
    wait(lambda: _tasks(cloud, cluster, "STOPPED"), "nothing crashed")
    (task,) = _tasks(cloud, cluster, "STOPPED")[:1]
    assert task["containers"][0]["exitCode"] == 1
