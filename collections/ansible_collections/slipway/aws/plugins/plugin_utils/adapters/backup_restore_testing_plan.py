"""Plans of AWS Backup by which recovery points are restored to see that they can be."""

from __future__ import annotations

from ..adapter import without
from ..compare import Changes
from ..resource import Resource, State
from ._backup import MISSING, BackupAdapter

NAME = "RestoreTestingPlanName"
PLAN = "RestoreTestingPlan"


class BackupRestoreTestingPlan(BackupAdapter):
    """A plan of restore tests: when, and which recovery points. Its name has letters, digits and underscores."""

    create_operation = "CreateRestoreTestingPlan"
    required = (PLAN,)
    computed = ("RestoreTestingPlanArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the plan and its tags."""
        name = resource.properties[PLAN][NAME]
        answer = self.read_or_none("get_restore_testing_plan", MISSING, RestoreTestingPlanName=name)
        if answer is None:
            return None
        arn = answer[PLAN]["RestoreTestingPlanArn"]
        return {PLAN: answer[PLAN], "RestoreTestingPlanArn": arn, "Tags": self.tags(arn)}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_restore_testing_plan", **resource.properties, Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the plan as declared, and mend the tags."""
        if PLAN in changes:
            wanted = resource.properties[PLAN]
            self.write(
                "update_restore_testing_plan",
                RestoreTestingPlanName=wanted[NAME],
                RestoreTestingPlan=without(wanted, [NAME]),
            )
        self.mend_tags(state["RestoreTestingPlanArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the plan."""
        del state
        name = resource.properties[PLAN][NAME]
        self.write_unless("delete_restore_testing_plan", MISSING, RestoreTestingPlanName=name)


ADAPTER = BackupRestoreTestingPlan
