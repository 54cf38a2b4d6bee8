"""Filters of the role backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

Rules = Mapping[str, Mapping[str, Any]]
NEEDED, ALLOWED = {"schedule", "keep_days"}, {"schedule", "keep_days", "copy_keep_days"}
MODES = ("none", "governance", "compliance")
#: Minutes in which a backup begins, and in which it has ended; AWS takes an hour at least for the first.
BEGINS, ENDS = 60, 360
#: Days to change one's mind about a lock for compliance, at least.
LEAST_CHANGEABLE = 3


def backup_rules(rules: Rules, vault: str, copy_vault: str = "") -> list[dict[str, Any]]:
    """Return rules of a plan as AWS Backup takes them.

    Args:
        rules: by name, ``schedule``, ``keep_days`` and, where copies are kept for others, ``copy_keep_days``.
        vault: name of the vault.
        copy_vault: ARN of the vault that copies go into; empty for no copies.

    Raises:
        AnsibleFilterError: there is no rule, or one has other fields, or days that are not positive.
    """
    if not rules:
        raise AnsibleFilterError("backup_rules: there is none; set backup_enabled to false for no backups")
    return [
        {
            "RuleName": name,
            "TargetBackupVaultName": vault,
            "ScheduleExpression": rule["schedule"],
            "StartWindowMinutes": BEGINS,
            "CompletionWindowMinutes": ENDS,
            "Lifecycle": {"DeleteAfterDays": keep},
            "CopyActions": _copies(copy_vault, copied),
        }
        for name, rule, keep, copied in _days(rules)
    ]


def _copies(vault: str, days: int) -> list[dict[str, Any]]:
    return [{"DestinationBackupVaultArn": vault, "Lifecycle": {"DeleteAfterDays": days}}] if vault else []


def _days(rules: Rules) -> Iterator[tuple[str, Mapping[str, Any], int, int]]:
    """Yield name, rule, and days in either region."""
    for name, rule in rules.items():
        if not set(rule) >= NEEDED or set(rule) - ALLOWED:
            raise AnsibleFilterError(
                f"backup_rules: {name} has {', '.join(sorted(rule))}; it needs schedule and keep_days, and may have"
                " copy_keep_days"
            )
        keep = rule["keep_days"]
        copied = rule.get("copy_keep_days", keep)
        for field, value in (("keep_days", keep), ("copy_keep_days", copied)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise AnsibleFilterError(f"backup_rules: {field} of {name} is {value!r}; give a number of days from 1")
        yield name, rule, keep, copied


def backup_lock(given: Mapping[str, Any], rules: Rules, environment: str) -> dict[str, int]:
    """Return the lock of a vault as AWS Backup takes it, empty for none.

    Args:
        given: ``mode``, ``min_days``, ``max_days``, ``changeable_days`` and ``confirmed``.
        rules: that keep backups in it, see :func:`backup_rules`.
        environment: its name, which ``confirmed`` must be where nobody can undo the lock.

    Raises:
        AnsibleFilterError: the mode is unknown or not confirmed, or a rule keeps for fewer or more days than the
            lock admits.
    """
    mode = given["mode"]
    if mode not in MODES:
        raise AnsibleFilterError(f"backup_lock: is {mode!r}; choose one of {', '.join(MODES)}")
    if mode == "none":
        return {}
    least, most = int(given["min_days"]), int(given["max_days"])
    for name, _, *days in _days(rules):
        if min(days) < least or max(days) > most:
            raise AnsibleFilterError(
                f"backup_lock: backup_rules keeps {name} for {min(days)} to {max(days)} days, which a lock from"
                f" backup_lock_min_days {least} to backup_lock_max_days {most} refuses; change one of them"
            )
    lock = {"MinRetentionDays": least, "MaxRetentionDays": most}
    return lock | _for_good(given, environment) if mode == "compliance" else lock


def _for_good(given: Mapping[str, Any], environment: str) -> dict[str, int]:
    days = int(given["changeable_days"])
    if days < LEAST_CHANGEABLE:
        raise AnsibleFilterError(
            f"backup_lock: backup_lock_changeable_days is {days}; AWS takes {LEAST_CHANGEABLE} or more"
        )
    if given["confirmed"] != environment:
        raise AnsibleFilterError(
            f"backup_lock: compliance cannot be undone by anybody after {days} days, and what is locked costs until its"
            f" own are over; set backup_lock_confirmed to {environment} (it is {given['confirmed']!r}), or backup_lock"
            " to governance"
        )
    return {"ChangeableForDays": days}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"backup_lock": backup_lock, "backup_rules": backup_rules}
