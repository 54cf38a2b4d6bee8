"""What X-Ray's groups and sampling rules have in common: tags by ARN."""

from __future__ import annotations

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..compare import Changes

#: X-Ray has no error code of its own for what is not there.
MISSING = ("InvalidRequestException", "ResourceNotFoundException")


class XrayAdapter(Adapter):
    """Something in X-Ray."""

    service = "xray"

    def tags(self, arn: str) -> dict[str, str]:
        """Return tags."""
        return tag_dict(self.cloud.read("xray", "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def tag(self, arn: str, changes: Changes) -> None:
        """Mend tags."""
        add, remove = tag_changes(changes)
        if add:
            self.write("tag_resource", ResourceARN=arn, Tags=tag_list(add))
        if remove:
            self.write("untag_resource", ResourceARN=arn, TagKeys=remove)
