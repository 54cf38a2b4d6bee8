"""Deployment groups of CodeDeploy for ECS: which service, between which target groups, by whose permission."""

from __future__ import annotations

from ..adapter import only, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._codedeploy import GONE, CodeDeployAdapter
from ._order import ordered_like

NAME = ("applicationName", "deploymentGroupName")


class CodedeployDeploymentGroup(CodeDeployAdapter):
    """A deployment group.

    How long a deployment waits, its steps and its alarms are a release's: what of them is declared stands under
    ``initial``.
    """

    create_operation = "CreateDeploymentGroup"
    required = (*NAME, "serviceRoleArn")
    identity = NAME

    def find_one(self, resource: Resource) -> State | None:
        """Read the group and its tags."""
        declared = resource.properties
        answer = self.read_or_none("get_deployment_group", GONE, **only(declared, NAME))
        if answer is None:
            return None
        found = answer["deploymentGroupInfo"]
        state = {name: ordered_like(declared.get(name), value) for name, value in found.items()}
        return {**state, "Tags": self.tags(self._arn(state))}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_deployment_group", **resource.properties, tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs; what is not named stays."""
        wanted = only(resource.properties, [name for name in changes if name != "Tags"])
        if wanted:
            names = {"applicationName": state["applicationName"], "currentDeploymentGroupName": state[NAME[1]]}
            self.write("update_deployment_group", **names, **wanted)
        self.mend_tags(self._arn(state), changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_deployment_group", GONE, **only(state, NAME))

    def _arn(self, state: State) -> str:
        return self.arn("deploymentgroup", "/".join(state[name] for name in NAME))


ADAPTER = CodedeployDeploymentGroup
