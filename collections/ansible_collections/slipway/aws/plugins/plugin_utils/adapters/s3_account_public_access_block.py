"""What no bucket of the account may make public."""

from __future__ import annotations

from ..adapter import Adapter, only
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("NoSuchPublicAccessBlockConfiguration",)


class S3AccountPublicAccessBlock(Adapter):
    """The account's own block, for all of its buckets and regions."""

    service = "s3control"
    create_operation = "PutPublicAccessBlock"
    required = ("PublicAccessBlockConfiguration",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the block."""
        del resource
        answer = self.read_or_none("get_public_access_block", MISSING, AccountId=self.cloud.identity()["account"])
        return None if answer is None else only(answer, ["PublicAccessBlockConfiguration"])

    def create(self, resource: Resource) -> None:
        """Put the block."""
        account = self.cloud.identity()["account"]
        self.write("put_public_access_block", **resource.properties, AccountId=account)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the block as declared, whole."""
        del state, changes
        self.create(resource)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep it always."""
        del resource, state
        return "it is the account's, costs nothing, and protects what others have there"


ADAPTER = S3AccountPublicAccessBlock
