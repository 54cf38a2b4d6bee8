"""What X-Ray's groups and sampling rules have in common: tags by ARN."""

from __future__ import annotations

from ..adapter import Adapter, tag_dict

#: X-Ray has no error code of its own for what is not there.
MISSING = ("InvalidRequestException", "ResourceNotFoundException")


class XrayAdapter(Adapter):
    """Something in X-Ray."""

    service = "xray"

    def tags(self, arn: str) -> dict[str, str]:
        """Return tags."""
        return tag_dict(self.cloud.read("xray", "list_tags_for_resource", ResourceARN=arn)["Tags"])
