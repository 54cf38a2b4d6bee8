"""CodeDeploy applications."""

from __future__ import annotations

from ..adapter import tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._codedeploy import GONE, CodeDeployAdapter


class CodedeployApplication(CodeDeployAdapter):
    """An application: a name and a compute platform."""

    create_operation = "CreateApplication"
    required = ("applicationName", "computePlatform")
    identity = ("applicationName",)
    immutable = ("computePlatform",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the application and its tags."""
        name = resource.properties["applicationName"]
        answer = self.read_or_none("get_application", GONE, applicationName=name)
        return {**answer["application"], "Tags": self.tags(self.arn("application", name))} if answer else None

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_application", **resource.properties, tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the tags; nothing else can change."""
        del resource
        self.mend_tags(self.arn("application", state["applicationName"]), changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it; CodeDeploy removes its deployment groups with it."""
        del resource
        self.write_unless("delete_application", GONE, applicationName=state["applicationName"])


ADAPTER = CodedeployApplication
