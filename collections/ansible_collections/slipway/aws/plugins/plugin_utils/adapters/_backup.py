"""What AWS Backup's resources share."""

from __future__ import annotations

from ..adapter import Adapter

MISSING = ("ResourceNotFoundException",)
#: The code of the refusal of a role that was made a moment ago.
REFUSED = "InvalidParameterValueException"


class BackupAdapter(Adapter):
    """Base of AWS Backup's resources."""

    service = "backup"

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a resource; no description holds them."""
        found: dict[str, str] = self.cloud.read("backup", "list_tags", ResourceArn=arn).get("Tags", {})
        return {key: value for key, value in found.items() if not key.startswith("aws:")}
