"""What Cloud Map's namespaces and services have in common: changes are operations that take a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from ..adapter import Adapter, tag_dict, tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import ConvergeError, Resource, State

GONE = ("NamespaceNotFound", "ServiceNotFound")


class ServicediscoveryAdapter(Adapter):
    """Something in Cloud Map."""

    service = "servicediscovery"

    def tags(self, arn: str) -> dict[str, str]:
        """Return tags."""
        return tag_dict(self.cloud.read("servicediscovery", "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def finish(self, answer: dict[str, Any], what: str) -> None:
        """Wait for the operation of an answer.

        Raises:
            ConvergeError: it failed; the message says why.
        """
        number = answer["OperationId"]

        def done() -> bool:
            operation = self.cloud.read("servicediscovery", "get_operation", OperationId=number)["Operation"]
            if operation["Status"] == "FAIL":
                raise ConvergeError(f"{what} failed: {operation.get('ErrorMessage', 'AWS does not say why')}")
            return bool(operation["Status"] == "SUCCESS")

        self.cloud.wait_until(done, f"{what}: waiting for Cloud Map", at_most=self.timeout, poll=self.poll)


class NamespaceAdapter(ServicediscoveryAdapter):
    """A namespace, found by its name."""

    required: ClassVar[Collection[str]] = ("Name",)
    identity = ("Name",)
    computed = ("Id", "Arn")
    #: As AWS tells it, and as the names of its operations end.
    kind: ClassVar[str]
    ending: ClassVar[str]

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them once."""
        wanted = {resource.properties["Name"]: resource for resource in resources}
        listed = self.cloud.pages("servicediscovery", "list_namespaces", "Namespaces")
        return {
            wanted[item["Name"]].name: self.state(item, wanted[item["Name"]])
            for item in listed
            if item["Name"] in wanted and item["Type"] == self.kind
        }

    def state(self, item: State, resource: Resource) -> State:
        """Return what AWS tells of a namespace as a state."""
        del resource
        return {**item, "Tags": self.tags(item["Arn"])}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        answer = self.write(f"create_{self.ending}", **resource.properties, Tags=tag_list(resource.tags))
        self.finish(answer, f"namespace {resource.properties['Name']}")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend description and tags."""
        if "Description" in changes:
            change = {"Description": changes["Description"].after}
            answer = self.write(f"update_{self.ending}", Id=state["Id"], Namespace=change)
            self.finish(answer, f"namespace {resource.properties['Name']}")
        self.mend_tags(state["Arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with what AWS made for it, such as its hosted zone."""
        try:
            answer = self.write("delete_namespace", Id=state["Id"])
        except ClientError as error:
            if error_code(error) not in GONE:
                raise
            return
        self.finish(answer, f"the end of namespace {resource.properties['Name']}")
