"""What a plan of restore tests restores."""

from __future__ import annotations

from ..adapter import without
from ..compare import Changes
from ..resource import Resource, State
from ._backup import MISSING, REFUSED, BackupAdapter
from ._new_roles import once_assumable

PLAN_NAME = "RestoreTestingPlanName"
SELECTION = "RestoreTestingSelection"
NAME = "RestoreTestingSelectionName"
#: What cannot change.
FIXED = (NAME, "ProtectedResourceType")


class BackupRestoreTestingSelection(BackupAdapter):
    """Resources of one type whose recovery points a plan restores, where to, and the role by which it does."""

    create_operation = "CreateRestoreTestingSelection"
    required = (PLAN_NAME, SELECTION)
    identity = (PLAN_NAME,)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the selection."""
        answer = self.read_or_none("get_restore_testing_selection", MISSING, **_place(resource))
        return answer and {**answer, PLAN_NAME: resource.properties[PLAN_NAME]}

    def create(self, resource: Resource) -> None:
        """Create it, once AWS Backup may assume its role."""
        once_assumable(
            self.cloud, REFUSED, lambda: self.write("create_restore_testing_selection", **resource.properties)
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the selection as declared."""
        del state, changes
        wanted = {**_place(resource), SELECTION: without(resource.properties[SELECTION], FIXED)}
        once_assumable(self.cloud, REFUSED, lambda: self.write("update_restore_testing_selection", **wanted))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del state
        self.write_unless("delete_restore_testing_selection", MISSING, **_place(resource))


def _place(resource: Resource) -> dict[str, str]:
    return {PLAN_NAME: resource.properties[PLAN_NAME], NAME: resource.properties[SELECTION][NAME]}


ADAPTER = BackupRestoreTestingSelection
