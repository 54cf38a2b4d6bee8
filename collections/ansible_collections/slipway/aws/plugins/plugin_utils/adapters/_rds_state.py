"""The description of an RDS instance under the names and in the shape in which it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import only, tag_dict
from ..resource import State

Instance = Mapping[str, Any]
#: Pending values that carry another name or shape than what is declared.
RESHAPED = ("PendingCloudwatchLogsExports", "IAMDatabaseAuthenticationEnabled")

#: Statuses of an instance that takes changes. After a restore its storage is filled for hours, while it is used.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
SETTLED = frozenset({"available", "storage-initialization", "storage-optimization"})
#: Statuses in which it serves. While its IAM authentication is configured, logins by IAM may fail.
SERVING = SETTLED | {"backing-up", "configuring-enhanced-monitoring", "configuring-log-exports"}


def as_declared(instance: Instance, declared: Mapping[str, Any]) -> State:
    """Return a state that compares with ``declared``.

    Values that wait for the maintenance window count as reached, unless ``ApplyImmediately`` is declared. A version
    with fewer parts than AWS's matches by those parts; a minor version that AWS raised by itself, and storage that it
    grew by itself, count as declared where the declaration allows that.
    """
    state = {**instance, **_renamed(instance)}
    if not declared.get("ApplyImmediately"):
        state |= _pending(instance)
    state["EngineVersion"] = _version(state.get("EngineVersion", ""), declared)
    state["AllocatedStorage"] = _storage(state.get("AllocatedStorage", 0), declared)
    for window in ("PreferredMaintenanceWindow", "PreferredBackupWindow"):
        if str(declared.get(window, "")).lower() == state.get(window):  # AWS answers in lower case
            state[window] = declared[window]
    return state


def version(text: str) -> tuple[int, ...]:
    """Return a version's parts, e.g. ``(17, 6)``."""
    return tuple(int(part) for part in str(text).split(".") if part.isdecimal())


def _renamed(instance: Instance) -> State:
    secret = instance.get("MasterUserSecret") or {}
    groups = instance.get("DBParameterGroups") or [{}]
    return {
        "Tags": tag_dict(instance.get("TagList")),
        "Port": instance.get("Endpoint", {}).get("Port", instance.get("DbInstancePort")),
        "DBSubnetGroupName": instance.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
        "DBParameterGroupName": groups[0].get("DBParameterGroupName"),
        "ParameterApplyStatus": groups[0].get("ParameterApplyStatus", "in-sync"),
        "VpcSecurityGroupIds": [
            group["VpcSecurityGroupId"]
            for group in instance.get("VpcSecurityGroups", ())
            if group.get("Status") != "removing"
        ],
        "ManageMasterUserPassword": bool(secret),
        "MasterUserSecretKmsKeyId": secret.get("KmsKeyId"),
        "EnableIAMDatabaseAuthentication": instance.get("IAMDatabaseAuthenticationEnabled", False),
        "EnablePerformanceInsights": instance.get("PerformanceInsightsEnabled", False),
        "EnableCloudwatchLogsExports": list(instance.get("EnabledCloudwatchLogsExports", ())),
        # A ceiling at the size itself is none, and AWS does not show it.
        "MaxAllocatedStorage": instance.get("MaxAllocatedStorage", instance.get("AllocatedStorage")),
        "DeletionProtection": instance.get("DeletionProtection", False),
    }


def _pending(instance: Instance) -> State:
    pending = instance.get("PendingModifiedValues") or {}
    state = {name: value for name, value in pending.items() if name not in RESHAPED}
    if "IAMDatabaseAuthenticationEnabled" in pending:
        state["EnableIAMDatabaseAuthentication"] = pending["IAMDatabaseAuthenticationEnabled"]
    if logs := pending.get("PendingCloudwatchLogsExports"):
        kept = set(instance.get("EnabledCloudwatchLogsExports", ())) - set(logs.get("LogTypesToDisable", ()))
        state["EnableCloudwatchLogsExports"] = sorted(kept | set(logs.get("LogTypesToEnable", ())))
    return state


def _version(actual: str, declared: Mapping[str, Any]) -> Any:
    wanted = declared.get("EngineVersion")
    if wanted is None:
        return actual
    there, asked = version(actual), version(wanted)
    raised = declared.get("AutoMinorVersionUpgrade") and there[:1] == asked[:1] and there > asked
    return wanted if there[: len(asked)] == asked or raised else actual


def _storage(actual: int, declared: Mapping[str, Any]) -> Any:
    wanted = only(declared, ["AllocatedStorage", "MaxAllocatedStorage"])
    grown = len(wanted) == 2 and wanted["AllocatedStorage"] <= actual <= wanted["MaxAllocatedStorage"]  # noqa: PLR2004  both are declared
    return wanted["AllocatedStorage"] if grown else actual
