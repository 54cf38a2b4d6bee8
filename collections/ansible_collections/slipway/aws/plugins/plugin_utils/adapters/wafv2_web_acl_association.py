"""Which web ACL decides about the requests of a load balancer: at most one."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State
from ._wafv2 import GONE, write_patiently


class Wafv2WebAclAssociation(Adapter):
    """The association of a resource with a web ACL."""

    service = "wafv2"
    create_operation = "AssociateWebACL"
    required = ("WebACLArn", "ResourceArn")
    identity = ("ResourceArn",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the web ACL of the resource; when this is to be removed, another's is not ours to find."""
        arn = resource.properties["ResourceArn"]
        answer = self.read_or_none("get_web_acl_for_resource", [GONE], ResourceArn=arn)
        acl = (answer or {}).get("WebACL")
        if not acl or (resource.absent and acl["ARN"] != resource.properties["WebACLArn"]):
            return None
        return {"ResourceArn": arn, "WebACLArn": acl["ARN"]}

    def create(self, resource: Resource) -> None:
        """Associate; an association there was is replaced without a gap."""
        write_patiently(self, "associate_web_acl", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Associate with the declared one."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Let the resource take requests without a web ACL."""
        del resource
        self.write_unless("disassociate_web_acl", [GONE], ResourceArn=state["ResourceArn"])


ADAPTER = Wafv2WebAclAssociation
