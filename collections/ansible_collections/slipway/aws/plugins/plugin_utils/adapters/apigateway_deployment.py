"""Deployments of REST APIs: what its methods were at one moment, for stages to serve."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import error_code
from ..compare import Changes, canonical
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter

#: What AWS answers when a stage serves it.
SERVED = "BadRequestException"


class ApigatewayDeployment(ApigatewayAdapter):
    """The deployment of a certain content, told by its description; another content is another deployment.

    ``Content`` is whatever is declared of the API's methods. A deployment cannot be read back, so its description has
    the content's hash: one is made where there is none of that hash, and a stage that serves another one is led back.
    """

    create_operation = "CreateDeployment"
    more_properties = ("Content",)
    required = ("restApiId", "Content")
    identity = ("restApiId", "Content")
    computed = ("id",)
    kind, asked_by = "deployment", "deploymentId"
    parent = "restApiId"

    def find_one(self, resource: Resource) -> State | None:
        """Return the latest one of the declared content; of an API that is to go, its latest."""
        wanted = None if resource.absent else _description(resource)
        found = [one for one in self.siblings(resource) if wanted in {None, one.get("description")}]
        if not found:
            return None
        latest = max(found, key=lambda one: one["createdDate"])
        return {**self.state_of(latest, resource), "Content": resource.properties["Content"]}

    def create(self, resource: Resource) -> None:
        """Deploy what the methods are now, and remove what no stage serves any more."""
        for one in self.siblings(resource):
            self._removed(self.named(resource, one))
        self.write("create_deployment", **self.above(resource), description=_description(resource))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Do nothing: it is found by all that is declared of it."""

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with those before it."""
        del state
        for one in self.siblings(resource):
            self._removed(self.named(resource, one))

    def _removed(self, named: dict[str, Any]) -> None:
        try:
            self.write_unless("delete_deployment", ("NotFoundException",), **named)
        except ClientError as error:
            if error_code(error) != SERVED:
                raise


def _description(resource: Resource) -> str:
    return f"content {sha256(canonical(resource.properties['Content']).encode()).hexdigest()}"


ADAPTER = ApigatewayDeployment
