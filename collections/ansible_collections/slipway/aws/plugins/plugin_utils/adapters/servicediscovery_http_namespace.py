"""Cloud Map namespaces that are asked by API alone, such as those of ECS Service Connect."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ..cloud import error_code
from ..resource import Resource, State
from ._servicediscovery import GONE, NamespaceAdapter

IN_USE = "ResourceInUse"


class ServicediscoveryHttpNamespace(NamespaceAdapter):
    """A namespace, found by its name. What ECS made in it goes with it, once no task is registered any more."""

    create_operation = "CreateHttpNamespace"
    kind = "HTTP"
    ending = "http_namespace"

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it after the services that ECS left in it."""
        what = f"waiting until no task is registered in namespace {resource.properties['Name']}"
        self.cloud.wait_until(lambda: self._emptied(state["Id"]), what, at_most=self.timeout, poll=self.poll)
        super().delete(resource, state)

    def _emptied(self, number: str) -> bool:
        chosen = [{"Name": "NAMESPACE_ID", "Values": [number], "Condition": "EQ"}]
        left = self.cloud.pages("servicediscovery", "list_services", "Services", Filters=chosen)
        in_use = [item["Name"] for item in left if not self._removed(item["Id"])]
        return not in_use

    def _removed(self, number: str) -> bool:
        try:
            self.write_unless("delete_service", GONE, Id=number)
        except ClientError as error:
            if error_code(error) != IN_USE:
                raise
            return False
        return True


ADAPTER = ServicediscoveryHttpNamespace
