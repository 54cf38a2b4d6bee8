"""What the resources of Application Auto Scaling share: each belongs to a service's resource and dimension."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from ..adapter import Adapter, only
from ..parallel import side_by_side
from ..resource import Resource, State

BATCH = 50  # the describing calls take at most fifty names or ids
GONE = ("ObjectNotFoundException",)
TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")
Item = dict[str, Any]


class ScalingAdapter(Adapter):
    """Base: fifty are described in one call, by a name that other resources may have too."""

    service = "application-autoscaling"
    #: The describing operation, its parameter for names, the key of its answer and the field that has the name.
    described: ClassVar[tuple[str, str, str, str]]
    #: The fields that say which one it is.
    keys: ClassVar[Sequence[str]]

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Describe those of a service together."""
        wanted = {self._key(resource.properties): resource for resource in resources}
        items = [item for batch in side_by_side(self._described, self._batches(resources)) for item in batch]
        found = [(item, wanted[self._key(item)]) for item in items if self._key(item) in wanted]
        return self.states(found)

    def states(self, found: Sequence[tuple[Item, Resource]]) -> dict[str, State]:
        """Return states by the resource's name, from descriptions and what is declared of each."""
        return {resource.name: self.state(item, resource) for item, resource in found}

    def state(self, item: Item, resource: Resource) -> State:
        """Return the state of one."""
        raise NotImplementedError

    def key(self, state: Mapping[str, Any]) -> State:
        """Return the parameters that name one."""
        return only(state, self.keys)

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.keys)

    def _batches(self, resources: Iterable[Resource]) -> list[tuple[str, list[str]]]:
        names: dict[str, set[str]] = defaultdict(set)
        for resource in resources:
            names[resource.properties["ServiceNamespace"]].add(resource.properties[self.described[3]])
        return [
            (namespace, sorted(each)[start : start + BATCH])
            for namespace, each in names.items()
            for start in range(0, len(each), BATCH)
        ]

    def _described(self, batch: tuple[str, list[str]]) -> list[Item]:
        operation, parameter, key, _ = self.described
        return self.cloud.pages(self.service, operation, key, ServiceNamespace=batch[0], **{parameter: batch[1]})
