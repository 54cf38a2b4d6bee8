"""What the resource types of CodeDeploy share: tags by ARN."""

from __future__ import annotations

from ..adapter import Adapter, tag_dict

#: Nothing of that name is there.
GONE = ("ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException")


class CodeDeployAdapter(Adapter):
    """Base of CodeDeploy's types."""

    service = "codedeploy"

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of an ``application`` or a ``deploymentgroup``."""
        told = self.cloud.identity()
        return f"arn:{told['partition']}:codedeploy:{told['region']}:{told['account']}:{kind}:{name}"

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a resource."""
        return tag_dict(self.cloud.read("codedeploy", "list_tags_for_resource", ResourceArn=arn)["Tags"])
