"""Cloud Map services: a name that DNS answers with the addresses of tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from botocore.exceptions import ClientError

from ..adapter import tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._servicediscovery import GONE, ServicediscoveryAdapter


class ServicediscoveryService(ServicediscoveryAdapter):
    """A service of a namespace, found by its name; ECS registers tasks with it."""

    create_operation = "CreateService"
    required = ("NamespaceId", "Name")
    identity = ("NamespaceId", "Name")
    immutable = ("HealthCheckCustomConfig", "Type")
    computed = ("Id", "Arn")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List those of each namespace once."""
        spaces: dict[str, dict[str, str]] = defaultdict(dict)
        for resource in resources:
            spaces[resource.properties["NamespaceId"]][resource.properties["Name"]] = resource.name
        return {name: state for space, wanted in spaces.items() for name, state in self._of(space, wanted).items()}

    def _of(self, space: str, wanted: dict[str, str]) -> dict[str, State]:
        chosen = [{"Name": "NAMESPACE_ID", "Values": [space], "Condition": "EQ"}]
        listed = self.cloud.pages("servicediscovery", "list_services", "Services", Filters=chosen)
        return {
            wanted[item["Name"]]: {**item, "NamespaceId": space, "Tags": self.tags(item["Arn"])}
            for item in listed
            if item["Name"] in wanted and item.get("NamespaceId", space) == space
        }

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_service", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend records, description and tags."""
        mended = {name: changes[name].after for name in ("Description", "DnsConfig") if name in changes}
        if "DnsConfig" in mended:
            mended["DnsConfig"] = {"DnsRecords": mended["DnsConfig"]["DnsRecords"]}
        if mended:
            answer = self.write("update_service", Id=state["Id"], Service=mended)
            self.finish(answer, f"Cloud Map service {resource.properties['Name']}")
        self.mend_tags(state["Arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it, once the tasks that were registered with it are gone."""
        what = f"waiting until no task is registered as {resource.properties['Name']}"
        self.cloud.wait_until(lambda: self._deleted(state["Id"]), what, at_most=self.timeout, poll=self.poll)

    def _deleted(self, number: str) -> bool:
        try:
            self.write_unless("delete_service", GONE, Id=number)
        except ClientError as error:
            if error_code(error) != "ResourceInUse":
                raise
            return False
        return True


ADAPTER = ServicediscoveryService
