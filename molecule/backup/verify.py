"""Print vaults, plan, restore tests and who is told of failures, as JSON: verify.py PREFIX REGION_OF_COPIES."""

import json
import sys
from typing import Any

import boto3

PREFIX, ABROAD = sys.argv[1:]
HOME = "us-east-1"
backup = boto3.client("backup", region_name=HOME)


def vault(region: str, name: str) -> dict[str, Any]:
    """Return what protects a vault."""
    client = boto3.client("backup", region_name=region)
    found = client.describe_backup_vault(BackupVaultName=name)
    policy = json.loads(client.get_backup_vault_access_policy(BackupVaultName=name)["Policy"])
    limits = {key: found[key] for key in ("Locked", "MinRetentionDays", "MaxRetentionDays")}
    return {**limits, "denies": policy["Statement"][0]["Action"][0]}


def rule(found: dict[str, Any]) -> list[Any]:
    """Return days, vault of copies and their days."""
    (copy,) = found["CopyActions"]
    *_, region, _, _, name = copy["DestinationBackupVaultArn"].split(":")
    return [found["Lifecycle"]["DeleteAfterDays"], f"{region} {name}", copy["Lifecycle"]["DeleteAfterDays"]]


def ends(arns: list[str]) -> list[str]:
    """Return type and name of each ARN."""
    return [arn.split(":", 5)[5] for arn in arns]


(plan,) = (one for one in backup.list_backup_plans()["BackupPlansList"] if one["BackupPlanName"] == PREFIX)
number = {"BackupPlanId": plan["BackupPlanId"]}
(selection,) = backup.list_backup_selections(**number)["BackupSelectionsList"]
selected = backup.get_backup_selection(**number, SelectionId=selection["SelectionId"])["BackupSelection"]
tested = backup.get_restore_testing_selection(
    RestoreTestingPlanName=PREFIX.replace("-", "_"), RestoreTestingSelectionName="database"
)["RestoreTestingSelection"]
targets = boto3.client("events", region_name=HOME).list_targets_by_rule(Rule=f"{PREFIX}-backup-failures")["Targets"]
places = ((HOME, PREFIX), (ABROAD, f"{PREFIX}-copies"))
found = {
    "vaults": {region: vault(region, name) for region, name in places},
    "rules": {one["RuleName"]: rule(one) for one in backup.get_backup_plan(**number)["BackupPlan"]["Rules"]},
    "backs_up": ends(selected["Resources"]),
    "tests": ends(tested["ProtectedResourceArns"]),
    "tells": ends([one["Arn"] for one in targets]),
}
json.dump(found, sys.stdout)
