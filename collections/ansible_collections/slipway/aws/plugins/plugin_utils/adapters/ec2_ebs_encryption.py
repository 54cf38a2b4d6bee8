"""Whether new EBS volumes of the account are encrypted by themselves."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State


class Ec2EbsEncryption(Adapter):
    """The account's setting in a region."""

    service = "ec2"
    create_operation = "EnableEbsEncryptionByDefault"
    more_properties = ("EbsEncryptionByDefault",)
    required = ("EbsEncryptionByDefault",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the setting; off counts as not there."""
        del resource
        enabled = self.cloud.read("ec2", "get_ebs_encryption_by_default")["EbsEncryptionByDefault"]
        return {"EbsEncryptionByDefault": True} if enabled else None

    def create(self, resource: Resource) -> None:
        """Switch it on."""
        del resource
        self.write("enable_ebs_encryption_by_default")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Leave it on: nothing here switches it off."""
        del resource, state, changes

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep it always."""
        del resource, state
        return "it is the account's, costs nothing, and protects what others have there"


ADAPTER = Ec2EbsEncryption
