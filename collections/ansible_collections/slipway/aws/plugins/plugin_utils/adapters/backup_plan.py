"""Plans of AWS Backup: when backups are made, and how long they are kept where."""

from __future__ import annotations

from typing import Any

from ..compare import Changes
from ..resource import Resource, State
from ._backup import MISSING, BackupAdapter

Plan = dict[str, Any]


class BackupPlan(BackupAdapter):
    """A plan, found by the name in it. Its rules have ``CopyActions`` always: an empty list where nothing is copied."""

    create_operation = "CreateBackupPlan"
    required = ("BackupPlan",)
    computed = ("BackupPlanArn", "BackupPlanId")

    def find_one(self, resource: Resource) -> State | None:
        """Look for the plan by its name."""
        name = resource.properties["BackupPlan"]["BackupPlanName"]
        listed = self.cloud.pages("backup", "list_backup_plans", "BackupPlansList")
        found = next((one for one in listed if one["BackupPlanName"] == name), None)
        answer = found and self.read_or_none("get_backup_plan", MISSING, BackupPlanId=found["BackupPlanId"])
        if not answer:
            return None
        plan = _in_order(answer["BackupPlan"], resource.properties["BackupPlan"])
        return {**answer, "BackupPlan": plan, "Tags": self.tags(answer["BackupPlanArn"])}

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_backup_plan", **resource.properties, BackupPlanTags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Make a new version of the plan, and mend the tags."""
        if "BackupPlan" in changes:
            wanted = resource.properties["BackupPlan"]
            self.write("update_backup_plan", BackupPlanId=state["BackupPlanId"], BackupPlan=wanted)
        self.mend_tags(state["BackupPlanArn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the plan; the backups that it made stay."""
        del resource
        self.write_unless("delete_backup_plan", MISSING, BackupPlanId=state["BackupPlanId"])


def _in_order(plan: Plan, wanted: Plan) -> Plan:
    """Return a plan with its rules in the order in which they are wanted, what is not wanted last."""
    order = [rule["RuleName"] for rule in wanted["Rules"]]
    place = {name: number for number, name in enumerate(order)}
    rules = sorted(plan["Rules"], key=lambda rule: place.get(rule["RuleName"], len(order)))
    return {**plan, "Rules": [{**rule, "CopyActions": rule.get("CopyActions", [])} for rule in rules]}


ADAPTER = BackupPlan
