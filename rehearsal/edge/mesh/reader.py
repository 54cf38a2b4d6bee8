"""Reads ECS's services and tasks, and writes what their proxies route by."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from rehearsal.deployments.rollout import rollouts
from rehearsal.deployments.steps import WHOLE
from rehearsal.edge.reachable import Reach
from rehearsal.injection.cut import cut_off
from rehearsal.tasks import mesh
from rehearsal.tasks.model import SHIFTING, Service, Task
from rehearsal.world import World


def proxies(world: World) -> list[dict[str, Any]]:
    """Return a document a task that takes part."""
    mover: Any = world.movers.get("tasks")
    tasks = list(mover.tasks.values()) if mover else []
    taking_part = [task for task in tasks if task.alive and task.address and mesh.configuration(task.request)]
    return [_Reader(world, mover, task).document() for task in taking_part]


def shares(world: World, server: Service) -> dict[str, float]:
    """Return per cent of the calls by deployment where a strategy moves traffic, else nothing: all tasks are alike."""
    if server.kind not in SHIFTING:
        return {}
    primary, rollout = server.primary, rollouts(world).get(server.primary.id)
    if primary.state == "COMPLETED":
        return {primary.id: WHOLE}
    if rollout is None:  # it begins with the next tick
        return {one.id: WHOLE for one in primary.sources if one.state == "COMPLETED"}
    before = {rollout.source.id: WHOLE - rollout.production} if rollout.source else {}
    return {primary.id: rollout.production, **before}


class _Reader:
    """One task's proxy."""

    def __init__(self, world: World, mover: Any, task: Task) -> None:
        self.world = world
        self.mover = mover
        self.task = task
        self.cut = cut_off(world)
        self.reach = Reach(world.backend("ec2", task.region), self.cut)

    def document(self) -> dict[str, Any]:
        return {
            "id": self.task.id,
            "address": self.task.address,
            "port": mesh.OUTBOUND,
            "region": self.task.region,
            "cluster": self.task.cluster_arn.rpartition("/")[2],
            "service": self.task.group.removeprefix("service:"),
            "endpoints": list(self._endpoints()),
        }

    def _endpoints(self) -> Iterator[dict[str, Any]]:
        for name in self.task.request.get("names", []):
            server: Service | None = self.mover.services.get(name["service"])
            given = mesh.configuration(server.settings) if server else {}
            entry = next(
                (one for one in given.get("services", []) if mesh.discovery_name(one) == name["discovery"]), None
            )
            if server is not None and entry is not None:
                yield self._endpoint(name, server, given, entry)

    def _endpoint(self, name: dict[str, Any], server: Service, given: Any, entry: dict[str, Any]) -> dict[str, Any]:
        times = entry.get("timeout", {})
        return {
            "name": name["name"].lower(),
            "port": int(name["port"]),
            "discovery": name["discovery"],
            "server": server.name,
            "shares": shares(self.world, server),
            "seconds": float(times.get("perRequestTimeoutSeconds", 15)),
            "idle": float(times.get("idleTimeoutSeconds", 300)),
            "log": self._log(server, given),
            "targets": [self._target(task, entry) for task in self.mover.of(server) if task.steady],
        }

    def _log(self, server: Service, given: Any) -> dict[str, Any] | None:
        options = (given.get("logConfiguration") or {}).get("options", {})
        asked = given.get("accessLogConfiguration")
        if not asked or "awslogs-group" not in options:
            return None
        group = f"arn:aws:logs:{options['awslogs-region']}:{self.world.account}:log-group:{options['awslogs-group']}"
        stream = f"{options['awslogs-stream-prefix']}/ecs-service-connect/{server.name}"
        return {"group": group, "stream": stream, "query": asked.get("includeQueryParameters") == "ENABLED"}

    def _target(self, task: Task, entry: dict[str, Any]) -> dict[str, Any]:
        mappings = [one for c in task.definition["containerDefinitions"] for one in c.get("portMappings", [])]
        port = next((int(one["containerPort"]) for one in mappings if one.get("name") == entry["portName"]), 0)
        reachable = self._reaches(task, int(entry.get("ingressPortOverride", port)))
        place = {"id": task.id, "revision": task.deployment, "address": task.address, "port": port}
        return {**place, "reachable": reachable}

    def _reaches(self, other: Task, port: int) -> bool:
        """Say whether the security groups let one proxy through to the other."""
        here, there = _end(self.task), _end(other)
        apart = {end.subnets[0].id for end in (here, there)} & self.cut
        return not apart and self.reach.between(here, there, port)


def _end(task: Task) -> SimpleNamespace:
    assert task.interface is not None  # noqa: S101  it has an address
    return SimpleNamespace(security_groups=task.interface.groups, subnets=[task.interface.subnet])
