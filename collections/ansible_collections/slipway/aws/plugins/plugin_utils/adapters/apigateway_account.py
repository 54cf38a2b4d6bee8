"""What API Gateway knows of an account in a region: the role with which REST APIs write logs."""

from __future__ import annotations

from ..compare import Changes
from ..resource import Resource, State
from ._apigateway import replaced
from ._new_roles import once_assumable
from ._singleton import ADOPTED, Singleton

ROLE = "cloudwatchRoleArn"


class ApigatewayAccount(Singleton):
    """The account's role. One that somebody else gave it is used as it is: it can write the logs of all APIs."""

    service = "apigateway"
    create_operation = "UpdateAccount"
    more_properties = (ROLE,)
    required = (ROLE,)
    taggable = False

    def look(self, resource: Resource) -> State | None:
        """Read the account; without a role there is nothing."""
        del resource
        answer = self.cloud.read(self.service, "get_account")
        return {ROLE: answer[ROLE]} if answer.get(ROLE) else None

    def ours(self, resource: Resource, state: State) -> bool:
        """Say whether its role is this environment's."""
        return bool(state[ROLE] == resource.properties[ROLE])

    def find_one(self, resource: Resource) -> State | None:
        """Return it; somebody else's counts as being what is declared, and is nothing that can be removed."""
        state = self.look(resource)
        if state is None or self.ours(resource, state):
            return state
        if resource.absent:
            return None
        return {**resource.properties, "Used": state[ROLE], ADOPTED: True}

    def create(self, resource: Resource) -> None:
        """Give the account the role, which IAM may have made a moment ago."""
        patches = [replaced(f"/{ROLE}", resource.properties[ROLE])]
        once_assumable(
            self.cloud, "BadRequestException", lambda: self.write("update_account", patchOperations=patches), "trust"
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Do nothing: a role of ours is as declared, and others' stay."""

    def delete(self, resource: Resource, state: State) -> None:
        """Take the role off the account, since it is removed with this environment."""
        del resource, state
        self.write("update_account", patchOperations=[replaced(f"/{ROLE}", "")])


ADAPTER = ApigatewayAccount
