"""ECS clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_dict, tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._order import ordered_like

BATCH = 100  # DescribeClusters takes at most a hundred
SETTINGS = ("settings", "configuration", "serviceConnectDefaults")
CAPACITY = ("capacityProviders", "defaultCapacityProviderStrategy")
#: What AWS answers while a cluster still has services or tasks that are on their way out.
BUSY = frozenset(
    {
        "ClusterContainsServicesException",
        "ClusterContainsTasksException",
        "ClusterContainsContainerInstancesException",
        "UpdateInProgressException",
    }
)


class EcsCluster(Adapter):
    """A cluster with its settings, capacity providers and default strategy, each compared whole."""

    service = "ecs"
    create_operation = "CreateCluster"
    required = ("clusterName",)
    identity = ("clusterName",)
    unordered = ("capacityProviders",)
    computed = ("clusterArn",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Describe a hundred at a time; AWS goes on telling about a deleted cluster as INACTIVE."""
        wanted = {resource.properties["clusterName"]: resource for resource in resources}
        names, include = sorted(wanted), ["SETTINGS", "CONFIGURATIONS", "TAGS"]
        found: dict[str, State] = {}
        for start in range(0, len(names), BATCH):
            chunk = names[start : start + BATCH]
            for item in self.cloud.read("ecs", "describe_clusters", clusters=chunk, include=include)["clusters"]:
                resource = wanted[item["clusterName"]]
                if item["status"] not in {"INACTIVE", "DEPROVISIONING"}:
                    found[resource.name] = _state(item, resource)
        return found

    def ready(self, state: State) -> bool:
        """Wait until it is active and its capacity providers are attached."""
        if "FAILED" in {state["status"], state.get("attachmentsStatus")}:
            raise ConvergeError(f"cluster {state['clusterName']} failed to take its capacity providers")
        return state["status"] == "ACTIVE" and state.get("attachmentsStatus") != "UPDATE_IN_PROGRESS"

    def create(self, resource: Resource) -> None:
        """Create with everything at once."""
        self.write("create_cluster", **resource.properties, tags=tag_list(resource.tags, "key", "value"))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        name = state["clusterName"]
        if only(changes, SETTINGS):
            self.write("update_cluster", cluster=name, **only(resource.properties, tuple(only(changes, SETTINGS))))
        if only(changes, CAPACITY):
            both = {**only(state, CAPACITY), **only(resource.properties, CAPACITY)}
            self.write("put_cluster_capacity_providers", cluster=name, **both)
        self.mend_tags(state["clusterArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it once its last tasks have stopped."""
        name = state["clusterName"]
        what = f"waiting until the last services and tasks have left {resource}"
        self.cloud.wait_until(lambda: self._deleted(name), what, at_most=self.timeout, poll=self.poll)

    def _deleted(self, name: str) -> bool:
        try:
            self.write_unless("delete_cluster", ["ClusterNotFoundException"], cluster=name)
        except ClientError as error:
            if error_code(error) not in BUSY:
                raise
            return False
        return True


def _state(item: dict[str, Any], resource: Resource) -> State:
    strategy = [{"weight": 0, "base": 0, **entry} for entry in item.get("defaultCapacityProviderStrategy") or []]
    state = {
        **item,
        "settings": item.get("settings") or [],
        "capacityProviders": item.get("capacityProviders") or [],
        "defaultCapacityProviderStrategy": strategy,
        "Tags": tag_dict(item.get("tags"), "key", "value"),
    }
    for name in ("settings", "defaultCapacityProviderStrategy"):
        state[name] = ordered_like(resource.properties.get(name), state[name])
    return state


ADAPTER = EcsCluster
