"""ECS Service Connect: the names that tasks know, and the services of Cloud Map that ECS makes for them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rehearsal.world import World

if TYPE_CHECKING:
    from rehearsal.tasks.model import Service, Task

#: Port at a task's address on which its proxy takes the requests that the task makes.
OUTBOUND = 15001
HTTP_PROTOCOLS = ("http", "http2", "grpc")


def configuration(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the configuration of a service or task that takes part, an empty one of another."""
    found: Mapping[str, Any] = settings.get("serviceConnectConfiguration") or {}
    return found if found.get("enabled") else {}


def namespace(world: World, region: str, text: str) -> Any | None:
    """Return the namespace of a name or ARN, ``None`` when there is none."""
    spaces = list(world.backend("servicediscovery", region).namespaces.values())
    return next((one for one in spaces if text in {one.name, one.arn}), None)


def endpoints(world: World, service: Service) -> list[dict[str, Any]]:
    """Return the names under which others call a service: each with port, discovery name and whose it is."""
    given = configuration(service.settings)
    space = namespace(world, service.region, given.get("namespace", ""))
    return [] if space is None else [_endpoint(service, space, one) for one in given.get("services", [])]


def _endpoint(service: Service, space: Any, one: Mapping[str, Any]) -> dict[str, Any]:
    discovery, alias = discovery_name(one), one["clientAliases"][0]
    name = alias.get("dnsName", f"{discovery}.{space.name}")
    return {
        "name": name,
        "port": alias["port"],
        "discovery": discovery,
        "service": service.arn,
        "space": space.id,
        "port_name": one["portName"],
    }


def discovery_name(one: Mapping[str, Any]) -> str:
    """Return the name that Cloud Map has for an entry of ``services``."""
    return str(one.get("discoveryName", one["portName"]))


def known(world: World, service: Service) -> list[dict[str, Any]]:
    """Return the names of the service's namespace that there are now; its tasks keep them until the next deployment."""
    space = namespace(world, service.region, configuration(service.settings).get("namespace", ""))
    if space is None:
        return []
    services = [service, *(one for one in _services(world) if one.arn != service.arn)]
    active = [one for one in services if one.status == "ACTIVE" and one.region == service.region]
    return [name for one in active for name in endpoints(world, one) if name["space"] == space.id]


def _services(world: World) -> list[Service]:
    mover: Any = world.movers.get("tasks")
    return list(mover.services.values()) if mover else []


def provide(world: World, service: Service) -> None:
    """Have a service of Cloud Map for each of its names, and none for a name it has no more."""
    backend = world.backend("servicediscovery", service.region)
    wanted = endpoints(world, service) if service.status != "INACTIVE" else []
    keys = {(one["space"], one["discovery"]) for one in wanted}
    own = [one for one in list(backend.services.values()) if one.creator_request_id == service.arn]
    for one in own:
        if (one.namespace_id, one.name) not in keys:
            backend.delete_service(one.id)
    for space, name in sorted(keys - {(one.namespace_id, one.name) for one in own}):
        backend.create_service(name, space, service.arn, "Managed by ECS", {}, {}, {}, [], "HTTP")


def registries(world: World, task: Task) -> Iterator[Any]:
    """Yield the services of Cloud Map that a task is an instance of by its names."""
    given = configuration(task.request)
    space = namespace(world, task.region, given.get("namespace", ""))
    names = {discovery_name(one) for one in given.get("services", [])}
    for one in list(world.backend("servicediscovery", task.region).services.values()):
        if space is not None and one.namespace_id == space.id and one.name in names:
            yield one


def environment(world: World, task: Task) -> dict[str, str]:
    """Return what leads a process to the proxy of its task, as only root could do by names and addresses."""
    if not configuration(task.request):
        return {}
    direct = (urlsplit(world.endpoint).hostname or "", "localhost", task.address)
    return {"http_proxy": f"http://{task.address}:{OUTBOUND}", "no_proxy": ",".join(direct)}
