"""Tasks as instances of Cloud Map's services: ECS registers them when they run, and takes them out when they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.servicediscovery.models import ServiceInstance

from rehearsal.tasks import mesh
from rehearsal.tasks.model import Task
from rehearsal.world import World

RUNNING = "RUNNING"


def register(world: World, task: Task) -> None:
    """Register a task with each registry of its service."""
    for registry in _registries(world, task):
        attributes = {"AWS_INSTANCE_IPV4": task.private_ip, "AVAILABILITY_ZONE": _zone(task)}
        registry.instances.append(ServiceInstance(registry.id, task.id, None, attributes))


def deregister(world: World, task: Task) -> None:
    """Take a task out of them."""
    for registry in _registries(world, task):
        registry.instances = [one for one in registry.instances if one.instance_id != task.id]


def _zone(task: Task) -> str:
    return str(task.interface.subnet.availability_zone) if task.interface else ""


def _registries(world: World, task: Task) -> Iterator[Any]:
    services = world.backend("servicediscovery", task.region).services
    for entry in task.request.get("serviceRegistries", []):
        found = services.get(entry["registryArn"].rpartition("/")[2])
        if found is not None:
            yield found
    yield from mesh.registries(world, task)


def addresses(world: World, region: str, name: str) -> set[str]:
    """Return the private addresses that DNS would answer a name with.

    Args:
        world: the local cloud.
        region: whose Cloud Map.
        name: ``<service>.<namespace>``.
    """
    backend = world.backend("servicediscovery", region)
    service, _, space = name.partition(".")
    spaces = {one.id for one in backend.namespaces.values() if one.name == space}
    return {
        instance.attributes["AWS_INSTANCE_IPV4"]
        for found in backend.services.values()
        if found.name == service and found.namespace_id in spaces
        for instance in found.instances
    }
