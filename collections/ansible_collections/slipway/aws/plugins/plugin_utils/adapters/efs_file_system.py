"""EFS file systems."""

from __future__ import annotations

from ..adapter import only, tag_dict, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._efs import GONE, EfsAdapter

SETTINGS = ("ThroughputMode", "ProvisionedThroughputInMibps")


class EfsFileSystem(EfsAdapter):
    """A file system, found by its creation token. ``Backup`` has AWS Backup keep a copy of every day."""

    create_operation = "CreateFileSystem"
    required = ("CreationToken",)
    identity = ("CreationToken",)
    immutable = ("PerformanceMode", "Encrypted", "KmsKeyId", "AvailabilityZoneName")
    computed = ("FileSystemId", "FileSystemArn")

    def find_one(self, resource: Resource) -> State | None:
        """Describe it with its policy of backups."""
        token = resource.properties["CreationToken"]
        found = self.listed("describe_file_systems", "FileSystems", CreationToken=token)
        if not found:
            return None
        return {**found[0], "Backup": self._backup(found[0]["FileSystemId"]), "Tags": tag_dict(found[0].get("Tags"))}

    def _backup(self, number: str) -> bool:
        answer = self.read_or_none("describe_backup_policy", ("PolicyNotFound",), FileSystemId=number) or {}
        return answer.get("BackupPolicy", {}).get("Status") in {"ENABLED", "ENABLING"}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_file_system", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend throughput, backups and tags."""
        number = state["FileSystemId"]
        if only(changes, SETTINGS):
            self.write("update_file_system", FileSystemId=number, **only(resource.properties, SETTINGS))
        if "Backup" in changes:
            policy = {"Status": "ENABLED" if changes["Backup"].after else "DISABLED"}
            self.write("put_backup_policy", FileSystemId=number, BackupPolicy=policy)
        self.mend_tags(number, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it, and with it what is on it; its backups stay."""
        self.write_unless("delete_file_system", GONE, FileSystemId=state["FileSystemId"])
        what = f"waiting until file system {state['FileSystemId']} is gone"
        self.cloud.wait_until(lambda: self._gone(resource), what, at_most=self.timeout, poll=self.poll)

    def _gone(self, resource: Resource) -> bool:
        named = only(resource.properties, ["CreationToken"])
        return not (self.read_or_none("describe_file_systems", GONE, **named) or {}).get("FileSystems")


ADAPTER = EfsFileSystem
