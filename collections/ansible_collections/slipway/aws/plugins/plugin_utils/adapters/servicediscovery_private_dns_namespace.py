"""Cloud Map namespaces whose names a VPC's DNS answers for."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from ..adapter import tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._servicediscovery import GONE, ServicediscoveryAdapter


class ServicediscoveryPrivateDnsNamespace(ServicediscoveryAdapter):
    """A namespace, found by its name. AWS does not tell its VPC, which is taken to be the one it is declared in."""

    create_operation = "CreatePrivateDnsNamespace"
    required = ("Name", "Vpc")
    identity = ("Name",)
    computed = ("Id", "Arn")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them once."""
        wanted = {resource.properties["Name"]: resource for resource in resources}
        listed = self.cloud.pages("servicediscovery", "list_namespaces", "Namespaces")
        return {
            wanted[item["Name"]].name: self._state(item, wanted[item["Name"]])
            for item in listed
            if item["Name"] in wanted and item["Type"] == "DNS_PRIVATE"
        }

    def _state(self, item: State, resource: Resource) -> State:
        return {**item, "Vpc": resource.properties["Vpc"], "Tags": self.tags(item["Arn"])}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        answer = self.write("create_private_dns_namespace", **resource.properties, Tags=tag_list(resource.tags))
        self.finish(answer, f"namespace {resource.properties['Name']}")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend description and tags."""
        if "Description" in changes:
            change = {"Description": changes["Description"].after}
            answer = self.write("update_private_dns_namespace", Id=state["Id"], Namespace=change)
            self.finish(answer, f"namespace {resource.properties['Name']}")
        self.mend_tags(state["Arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with its hosted zone."""
        try:
            answer = self.write("delete_namespace", Id=state["Id"])
        except ClientError as error:
            if error_code(error) not in GONE:
                raise
            return
        self.finish(answer, f"the end of namespace {resource.properties['Name']}")


ADAPTER = ServicediscoveryPrivateDnsNamespace
