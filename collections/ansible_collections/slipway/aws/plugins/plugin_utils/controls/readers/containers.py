"""The cluster, its services, what they run, and images (ECS, ECR)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name

BATCH = 10  # what DescribeServices takes


def ecs_cluster(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the cluster with settings and tags."""
    arn = outputs["cluster/cluster_arn"]
    answer = cloud.read("ecs", "describe_clusters", clusters=[arn], include=["SETTINGS", "TAGS"])
    yield from ((one["clusterName"], one) for one in answer["clusters"])


def ecs_service(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the services with tags."""
    yield from ((one["serviceName"], one) for one in _services(cloud, outputs))


def _services(cloud: Cloud, outputs: Outputs) -> list[Data]:
    cluster = outputs["cluster/cluster_arn"]

    def read() -> list[Data]:
        arns = cloud.pages("ecs", "list_services", "serviceArns", cluster=cluster)
        parts = (arns[start : start + BATCH] for start in range(0, len(arns), BATCH))
        return [one for part in parts for one in _described(cloud, cluster, part)]

    found: list[Data] = cloud.cached(("services", cluster), read)
    return found


def _described(cloud: Cloud, cluster: str, arns: list[str]) -> list[Data]:
    answer = cloud.read("ecs", "describe_services", cluster=cluster, services=arns, include=["TAGS"])
    return list(answer["services"])


def task_set(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the task sets of services that CodeDeploy deploys."""
    for service in _services(cloud, outputs):
        yield from ((f"{service['serviceName']}/{one['id']}", one) for one in service.get("taskSets", []))


def task_definition(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the revisions that services run, and the newest of tasks that no service runs."""
    services = _services(cloud, outputs)
    yield from _revisions(cloud, [*_run(services), *_alone(cloud, outputs, services)])


def _run(services: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({service["taskDefinition"] for service in services})


def _alone(cloud: Cloud, outputs: Outputs, services: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the environment's families that no service runs, which stand for their newest revisions."""
    prefix = f"{outputs['name_prefix']}-"
    asked = {"familyPrefix": prefix, "status": "ACTIVE"}
    found = cloud.cached(
        ("families", prefix), lambda: cloud.pages("ecs", "list_task_definition_families", "families", **asked)
    )
    return sorted(set(found) - {arn.rpartition("/")[2].rpartition(":")[0] for arn in _run(services)})


def _revisions(cloud: Cloud, names: Iterable[str]) -> Found:
    for name in names:
        answer = _revision(cloud, name)
        found = answer["taskDefinition"]
        yield f"{found['family']}:{found['revision']}", {**found, "Tags": answer.get("tags")}


def _revision(cloud: Cloud, name: str) -> Data:
    asked = {"taskDefinition": name, "include": ["TAGS"]}
    found: Data = cloud.cached(("revision", name), lambda: cloud.read("ecs", "describe_task_definition", **asked))
    return found


def container(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the containers of those revisions."""
    yield from _containers(task_definition(cloud, outputs))


def image(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the containers that tasks run: an idle service names a tag until its first release."""
    services = _services(cloud, outputs)
    busy = [service for service in services if service["desiredCount"] or service["runningCount"]]
    yield from _containers(_revisions(cloud, [*_run(busy), *_alone(cloud, outputs, services)]))


def _containers(revisions: Found) -> Found:
    for name, definition in revisions:
        yield from ((f"{name}/{one['name']}", one) for one in definition["containerDefinitions"])


def repository(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the repositories and whether each has a lifecycle policy."""
    names = [value.split("/", 1)[1] for name, value in sorted(outputs.items()) if name.startswith("registry/")]
    for found in cloud.read("ecr", "describe_repositories", repositoryNames=names)["repositories"] if names else []:
        policy = cloud.read("ecr", "get_lifecycle_policy", repositoryName=found["repositoryName"])
        yield found["repositoryName"], {**found, "Lifecycle": bool(policy.get("lifecyclePolicyText"))}


CONTAINERS = by_name(ecs_cluster, ecs_service, task_set, task_definition, container, image, repository)
