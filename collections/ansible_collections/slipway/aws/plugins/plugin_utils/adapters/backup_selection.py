"""What a plan of AWS Backup backs up."""

from __future__ import annotations

from ..compare import Changes
from ..resource import Resource, State
from ._backup import MISSING, REFUSED, BackupAdapter
from ._new_roles import once_assumable


class BackupSelection(BackupAdapter):
    """Resources that a plan backs up, and the role by which it does. AWS changes none: a change makes it anew."""

    create_operation = "CreateBackupSelection"
    required = ("BackupPlanId", "BackupSelection")
    identity = ("BackupPlanId",)
    immutable = ("BackupSelection",)
    replaceable = True
    computed = ("SelectionId",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Look for the selection by its name among the plan's."""
        plan = {"BackupPlanId": resource.properties["BackupPlanId"]}
        name = resource.properties["BackupSelection"]["SelectionName"]
        listed = self.cloud.pages("backup", "list_backup_selections", "BackupSelectionsList", **plan)
        number = next((one["SelectionId"] for one in listed if one["SelectionName"] == name), None)
        return number and self.read_or_none("get_backup_selection", MISSING, **plan, SelectionId=number)

    def create(self, resource: Resource) -> None:
        """Create it, once AWS Backup may assume its role."""
        once_assumable(self.cloud, REFUSED, lambda: self.write("create_backup_selection", **resource.properties))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Change nothing: whatever differs makes it anew."""
        del resource, state, changes

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it; the backups that were made stay."""
        plan = {"BackupPlanId": resource.properties["BackupPlanId"]}
        self.write_unless("delete_backup_selection", MISSING, **plan, SelectionId=state["SelectionId"])


ADAPTER = BackupSelection
