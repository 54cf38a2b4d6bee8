"""Vaults of AWS Backup, with who may do what to them, and their lock."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..adapter import only, without
from ..compare import Change, Changes
from ..resource import ConvergeError, Resource, State
from ._backup import MISSING, BackupAdapter

LIMITS = ("MinRetentionDays", "MaxRetentionDays")
DAYS = "ChangeableForDays"


class BackupVault(BackupAdapter):
    """A vault.

    ``Lock`` is whole: ``{}`` for none, ``MinRetentionDays`` and ``MaxRetentionDays`` for governance mode, which can be
    lifted by whom IAM allows it, and with ``ChangeableForDays`` compliance mode, which nobody lifts after so many days.
    A vault that holds recovery points is kept on removal, unless ``EmptyOnDelete: true`` has them deleted; those of a
    lock that holds for good outlive everything.
    """

    create_operation = "CreateBackupVault"
    more_properties = ("Policy", "Lock", "EmptyOnDelete")
    required = ("BackupVaultName",)
    identity = ("BackupVaultName",)
    immutable = ("EncryptionKeyArn",)
    documents = ("Policy",)
    exact = ("Lock",)
    computed = ("BackupVaultArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Look among all vaults: a description of one that is missing is refused as if it were forbidden."""
        name = resource.properties["BackupVaultName"]
        listed = self.cloud.pages("backup", "list_backup_vaults", "BackupVaultList")
        found = next((one for one in listed if one["BackupVaultName"] == name), None)
        if found is None:
            return None
        policy = self.read_or_none("get_backup_vault_access_policy", MISSING, BackupVaultName=name) or {}
        return {
            **found,
            **only(resource.properties, ["EmptyOnDelete"]),
            "Lock": _lock(found, resource.properties.get("Lock", {})),
            "Policy": policy.get("Policy"),
            "Tags": self.tags(found["BackupVaultArn"]),
        }

    def create(self, resource: Resource) -> None:
        """Create with tags; policy and lock follow as an update."""
        wanted = without(resource.properties, self.more_properties)
        self.write("create_backup_vault", **wanted, BackupVaultTags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend policy, lock and tags."""
        name = only(resource.properties, ["BackupVaultName"])
        if "Policy" in changes:
            self.write("put_backup_vault_access_policy", **name, Policy=json.dumps(changes["Policy"].after))
        if "Lock" in changes:
            self._relock(name, state, changes["Lock"])
        self.mend_tags(state["BackupVaultArn"], changes)

    def _relock(self, name: dict[str, str], state: State, change: Change) -> None:
        if _for_good(state):
            until = f"{name['BackupVaultName']} was locked for good on {state['LockDate']:%Y-%m-%d}"
            raise ConvergeError(f"{until}; declare Lock as it is: {only(state, LIMITS)} and {DAYS}")
        if not change.after or DAYS in (change.before or {}):
            self.write("delete_backup_vault_lock_configuration", **name)
        if change.after:
            self.write("put_backup_vault_lock_configuration", **name, **change.after)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Say what a vault holds, why that stays, and until when."""
        if not state.get("NumberOfRecoveryPoints"):
            return None
        name = state["BackupVaultName"]
        held = _held(name, self._points(name))
        if _for_good(state):
            return f"{held}; its lock holds for good since {state['LockDate']:%Y-%m-%d}"
        if resource.properties.get("EmptyOnDelete"):
            return None
        return f"{held}; declare EmptyOnDelete: true to delete them"

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the vault, before that what it holds, where that was declared."""
        del resource
        name = only(state, ["BackupVaultName"])
        if state.get("NumberOfRecoveryPoints"):
            self._empty(name, state)
        self.write_unless("delete_backup_vault", MISSING, **name)

    def _empty(self, name: dict[str, str], state: State) -> None:
        self.write_unless("delete_backup_vault_access_policy", MISSING, **name)
        if state["Lock"]:
            self.write("delete_backup_vault_lock_configuration", **name)
        for point in self._points(name["BackupVaultName"]):
            arn = point["RecoveryPointArn"]
            self.write_unless("delete_recovery_point", MISSING, **name, RecoveryPointArn=arn)
        vault = name["BackupVaultName"]
        what = f"{vault} is being emptied"
        self.cloud.wait_until(lambda: not self._points(vault), what, at_most=self.timeout, poll=self.poll)

    def _points(self, name: str) -> list[dict[str, Any]]:
        return self.cloud.pages(
            "backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=name
        )


def _lock(found: State, declared: dict[str, Any]) -> dict[str, Any]:
    """Return the lock as it would be declared; AWS keeps a date in place of the days to change one's mind."""
    if not found.get("Locked"):
        return {}
    date = found.get("LockDate")
    days = {DAYS: declared.get(DAYS, f"until {date:%Y-%m-%d}")} if date else {}
    return {**only(found, LIMITS), **days}


def _for_good(state: State) -> bool:
    return bool(state.get("LockDate") and state["LockDate"] <= datetime.now(UTC))


def _held(name: str, points: Iterable[dict[str, Any]]) -> str:
    ends = [one.get("CalculatedLifecycle", {}).get("DeleteAt") for one in points]
    last = "for ever" if None in ends or not ends else f"until {max(ends):%Y-%m-%d}"
    return f"{name} holds {len(ends)} recovery points, the last {last}"


ADAPTER = BackupVault
