"""Service-linked roles: roles that an AWS service needs once in an account."""

from __future__ import annotations

from ..adapter import Adapter
from ..resource import Resource, State


class IamServiceLinkedRole(Adapter):
    """The role of the service ``AWSServiceName``, e.g. ``ecs.amazonaws.com``. It is the account's, shared by all."""

    service = "iam"
    create_operation = "CreateServiceLinkedRole"
    required = ("AWSServiceName",)
    identity = ("AWSServiceName",)
    computed = ("Arn", "RoleName")
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Look for it under its service's path."""
        service = resource.properties["AWSServiceName"]
        roles = self.cloud.pages("iam", "list_roles", "Roles", PathPrefix=f"/aws-service-role/{service}/")
        return {**roles[0], "AWSServiceName": service} if roles else None

    def create(self, resource: Resource) -> None:
        """Create it; another environment may have done so a moment ago."""
        self.write_unless("create_service_linked_role", ["InvalidInput"], **resource.properties)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep it always."""
        del resource
        return f"{state['RoleName']} belongs to the account and costs nothing; other environments use it too"


ADAPTER = IamServiceLinkedRole
