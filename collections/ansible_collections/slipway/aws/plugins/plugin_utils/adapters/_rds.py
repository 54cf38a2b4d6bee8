"""What RDS's resources share: tags by ARN."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..adapter import Adapter, tag_changes, tag_list
from ..compare import Changes


class RdsAdapter(Adapter):
    """Base of RDS's resources."""

    service = "rds"

    def described(self, operation: str, result: str, missing: Collection[str], **name: str) -> dict[str, Any] | None:
        """Return the one thing a describe call was asked for by name, ``None`` when it does not exist."""
        answer = self.read_or_none(operation, missing, **name)
        found: list[dict[str, Any]] = answer[result] if answer else []
        return found[0] if found else None

    def tag(self, arn: str, changes: Changes) -> None:
        """Mend the tags."""
        add, remove = tag_changes(changes)
        if add:
            self.write("add_tags_to_resource", ResourceName=arn, Tags=tag_list(add))
        if remove:
            self.write("remove_tags_from_resource", ResourceName=arn, TagKeys=remove)

    def tags(self, arn: str) -> list[dict[str, str]]:
        """Return the tags of a resource whose description does not hold them."""
        found: list[dict[str, str]] = self.cloud.read("rds", "list_tags_for_resource", ResourceName=arn)["TagList"]
        return found
