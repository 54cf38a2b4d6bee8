"""EFS access points: a directory of a file system, and the user that works in it."""

from __future__ import annotations

from ..adapter import tag_dict, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._efs import GONE, EfsAdapter


class EfsAccessPoint(EfsAdapter):
    """An access point, found by its client token. AWS cannot change one, so it is replaced; its directory stays."""

    create_operation = "CreateAccessPoint"
    required = ("FileSystemId", "ClientToken")
    identity = ("FileSystemId", "ClientToken")
    immutable = ("PosixUser", "RootDirectory")
    replaceable = True
    computed = ("AccessPointId", "AccessPointArn")

    def find_one(self, resource: Resource) -> State | None:
        """List those of the file system."""
        wanted = resource.properties
        found = self.listed("describe_access_points", "AccessPoints", FileSystemId=wanted["FileSystemId"])
        ours = [item for item in found if item["ClientToken"] == wanted["ClientToken"]]
        return {**ours[0], "Tags": tag_dict(ours[0].get("Tags"))} if ours else None

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_access_point", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend tags; nothing else can change."""
        del resource
        self.mend_tags(state["AccessPointId"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it; what is in its directory stays."""
        del resource
        self.write_unless("delete_access_point", GONE, AccessPointId=state["AccessPointId"])


ADAPTER = EfsAccessPoint
