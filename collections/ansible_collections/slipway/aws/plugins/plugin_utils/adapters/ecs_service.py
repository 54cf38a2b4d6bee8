"""ECS services, described ten at a time and compared whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import ConvergeError, Resource, State
from ..task_log import last_words, stopped_tasks
from ._ecs_service_state import FAILED, has_failed, state_of

BATCH = 10  # DescribeServices takes at most ten
GONE = ("ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException")
#: What UpdateService cannot change.
IMMUTABLE = ("launchType", "schedulingStrategy", "role")
#: A change of these makes AWS ask for a new deployment of the same revision.
REDEPLOYING = ("capacityProviderStrategy",)


class EcsService(Adapter):
    """A service.

    ``taskDefinition`` and ``desiredCount`` usually stand under ``initial``: the one is the release's, the other the
    autoscaler's. ``WaitStable: true`` waits until the deployment is complete and every task wanted runs;
    a deployment that ECS has given up is begun anew.
    """

    service = "ecs"
    create_operation = "CreateService"
    more_properties = ("WaitStable",)
    required = ("cluster", "serviceName")
    identity = ("cluster", "serviceName")
    immutable = IMMUTABLE
    computed = ("serviceArn",)
    exact = ("serviceConnectConfiguration",)
    timeout = 1800
    poll = 10

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Describe ten of a cluster in one call, calls side by side."""
        clusters: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            clusters[resource.properties["cluster"]].append(resource)
        batches = [
            (cluster, members[start : start + BATCH])
            for cluster, members in clusters.items()
            for start in range(0, len(members), BATCH)
        ]
        found: dict[str, State] = {}
        for states in side_by_side(lambda batch: self._described(*batch), batches):
            found |= states
        return found

    def _described(self, cluster: str, resources: list[Resource]) -> dict[str, State]:
        wanted = {resource.properties["serviceName"]: resource for resource in resources}
        items = self._describe(cluster, sorted(wanted))
        pairs = [(wanted[item["serviceName"]], item) for item in items]
        return {resource.name: state_of(item, resource) for resource, item in pairs if _is_there(item, resource)}

    def _describe(self, cluster: str, names: list[str]) -> list[dict[str, Any]]:
        absent = ("ClusterNotFoundException",)
        answer = self.read_or_none("describe_services", absent, cluster=cluster, services=names, include=["TAGS"])
        return list(answer["services"]) if answer else []

    def ready(self, state: State) -> bool:
        """With ``WaitStable``, wait until every task runs and no other deployment is left.

        Raises:
            ConvergeError: AWS has given the deployment up; the message carries its last words.
        """
        if not state["WaitStable"]:
            return True
        deployments = state.get("deployments") or []
        # Without a way back a failed deployment stays until its successor is there.
        back = ((state.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}).get("rollback")
        failed = [item for item in deployments if item.get("rolloutState") == FAILED]
        if failed and (back or has_failed(state)):
            words = self._last_words(state)
            raise ConvergeError(f"the deployment failed: {failed[0].get('rolloutStateReason')}; {'; '.join(words)}")
        settled = [item.get("rolloutState", "COMPLETED") for item in deployments] in (["COMPLETED"], [])
        return settled and state["runningCount"] == state["desiredCount"]

    def _last_words(self, state: State) -> list[str]:
        """Return why the last task ended, or what the service said where ECS shows no task any more."""
        stopped = stopped_tasks(self.cloud, state["clusterArn"], state["serviceName"])
        if ended := [task for task in stopped if task.get("stoppedAt")]:
            return last_words(self.cloud, max(ended, key=lambda task: task["stoppedAt"]))
        return [event["message"] for event in (state.get("events") or [])[:3]]

    def mendable(self, state: State) -> bool:
        """A deployment that was given up needs another one."""
        return has_failed(state)

    def create(self, resource: Resource) -> None:
        """Create it, after one of the same name that is still draining has gone."""
        cluster, name = resource.properties["cluster"], resource.properties["serviceName"]
        self._await_gone(cluster, name)
        wanted = without(resource.properties, self.more_properties)
        tags = tag_list(resource.tags, "key", "value")
        self.write("create_service", **wanted, tags=tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update what differs in one call, as each call may begin a deployment; then the tags."""
        wanted = only(resource.properties, tuple(without(changes, ["Tags", "WaitStable"])))
        if "deploymentConfiguration" in wanted:  # a release's part of it, such as the strategy, stays
            kept = state.get("deploymentConfiguration") or {}
            wanted["deploymentConfiguration"] = {**kept, **wanted["deploymentConfiguration"]}
        again = "WaitStable" in changes
        if wanted or again:
            forced = {"forceNewDeployment": True} if again or only(wanted, REDEPLOYING) else {}
            target = {"cluster": resource.properties["cluster"], "service": resource.properties["serviceName"]}
            self.write("update_service", **target, **wanted, **forced)
        self.mend_tags(state["serviceArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Scale to nothing, so that requests in flight drain, delete, and wait until its name is free."""
        cluster, name = resource.properties["cluster"], state["serviceName"]
        if state["status"] == "ACTIVE":
            if state["desiredCount"]:
                self.write_unless("update_service", GONE, cluster=cluster, service=name, desiredCount=0)
            self._delete(cluster, name)
        self._await_gone(cluster, name)

    def _delete(self, cluster: str, name: str) -> None:
        try:
            self.write_unless("delete_service", GONE, cluster=cluster, service=name, force=True)
        except ClientError as error:
            if error_code(error) != "InvalidParameterException" or "draining" not in str(error).lower():
                raise

    def _await_gone(self, cluster: str, name: str) -> None:
        def gone() -> bool:
            return all(item["status"] == "INACTIVE" for item in self._describe(cluster, [name]))

        what = f"waiting until the tasks of ECS service {name} have drained"
        self.cloud.wait_until(gone, what, at_most=self.timeout, poll=self.poll)


def _is_there(item: dict[str, Any], resource: Resource) -> bool:
    """A draining service is there only for a run that removes, which waits for its end."""
    return item["status"] == "ACTIVE" or (item["status"] == "DRAINING" and resource.absent)


ADAPTER = EcsService
