"""RDS instances."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from ..adapter import only, tag_list, without
from ..change_snapshot import ChangeSnapshots, words
from ..cloud import Cloud, error_code
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._rds import RdsAdapter
from ._rds_copies import restoration
from ._rds_state import SERVING, SETTLED, as_declared, version

MISSING = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
#: Choices for a change or for the day of removal, of which AWS keeps nothing.
CHOICES = (
    "ApplyImmediately",
    "AllowMajorVersionUpgrade",
    "SkipFinalSnapshot",
    "FinalDBSnapshotIdentifier",
    "DeleteAutomatedBackups",
    "ChangeSnapshotsKept",
)
#: Properties whose change may lose data, restarts the instance or replaces what is under it.
RISKY = (
    "EngineVersion",
    "DBInstanceClass",
    "AllocatedStorage",
    "StorageType",
    "Iops",
    "StorageThroughput",
    "DBParameterGroupName",
    "DBSubnetGroupName",
    "Port",
    "CACertificateIdentifier",
    "ParameterApplyStatus",
)
FULL = "storage-full"
#: In a state: more storage is what it lacks, and what is declared.
MENDED = "FullAndEnlarged"
BROKEN = ("failed", "incompatible", "inaccessible", "insufficient-capacity", "restore-error", "stopped", FULL)
#: Properties of which ModifyDBInstance wants all when one changes.
TOGETHER = (
    ("AllocatedStorage", "StorageType", "Iops", "StorageThroughput"),
    ("MonitoringInterval", "MonitoringRoleArn"),
    ("ManageMasterUserPassword", "MasterUserSecretKmsKeyId"),
    (
        "DatabaseInsightsMode",
        "EnablePerformanceInsights",
        "PerformanceInsightsRetentionPeriod",
        "PerformanceInsightsKMSKeyId",
    ),
)
#: Properties under the names ModifyDBInstance has for them.
RENAMED = {"Port": "DBPortNumber"}
LOGS = "EnableCloudwatchLogsExports"
#: Where a new instance's data comes from; AWS keeps nothing of it.
RESTORED_FROM = "RestoredFrom"
#: What a restored instance has of the copies, whatever is declared.
OF_THE_COPIES = ("StorageEncrypted", "KmsKeyId")
IN_SYNC = "ParameterApplyStatus"
#: Virtual seconds after which a change must have begun to show in the status.
SETTLE = 30
#: Virtual seconds that RDS may take to see an IAM role which was made a moment ago.
ROLE_SEEN_WITHIN = 60


class RdsDbInstance(RdsAdapter):
    """An instance.

    Changes are made in the maintenance window, unless ``ApplyImmediately`` is declared. ``ParameterApplyStatus:
    in-sync`` allows the reboot that static parameters wait for. ``SkipFinalSnapshot``,
    ``FinalDBSnapshotIdentifier`` and ``DeleteAutomatedBackups`` are for removal. ``ChangeSnapshotsKept`` has a manual
    snapshot taken before what may lose data or restarts the instance, and keeps so many of them. ``RestoredFrom``, the
    ARN of an instance of another region, has a new instance begin with the newest data that RDS copied from there,
    encrypted by the key of the copies; it changes nothing at an instance that is there.
    """

    create_operation = "CreateDBInstance"
    more_properties: ClassVar[Collection[str]] = (*CHOICES, IN_SYNC, RESTORED_FROM)
    required: ClassVar[Collection[str]] = ("DBInstanceIdentifier", "DBInstanceClass", "Engine")
    identity = ("DBInstanceIdentifier",)
    immutable: ClassVar[Collection[str]] = (
        "Engine",
        "MasterUsername",
        "DBName",
        "StorageEncrypted",
        "KmsKeyId",
        "AvailabilityZone",
    )
    unordered = ("VpcSecurityGroupIds", LOGS)
    secret: ClassVar[Collection[str]] = ("MasterUserPassword",)
    computed = ("DBInstanceArn", "DbiResourceId", "Endpoint.Address", "MasterUserSecret.SecretArn")
    timeout = 3600
    poll = 15

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        #: Instances that a snapshot was taken of before a change, and before which.
        self._safe: set[tuple[str, str]] = set()

    def find_one(self, resource: Resource) -> State | None:
        """Read the instance; one that is being deleted is gone for who wants it, and still there for who does not."""
        instance = self._described(resource)
        if instance is None or (instance["DBInstanceStatus"] == "deleting" and not resource.absent):
            return None
        given = (*CHOICES, RESTORED_FROM, *(OF_THE_COPIES if RESTORED_FROM in resource.properties else ()))
        grows = resource.properties.get("AllocatedStorage", 0) > instance.get("AllocatedStorage", 0)
        state = {**as_declared(instance, resource.properties), **only(resource.properties, given)}
        return {**state, MENDED: instance["DBInstanceStatus"] == FULL and grows}

    def _described(self, resource: Resource) -> dict[str, Any] | None:
        name = resource.properties["DBInstanceIdentifier"]
        return self.described("describe_db_instances", "DBInstances", MISSING, DBInstanceIdentifier=name)

    def ready(self, state: State) -> bool:
        """Say whether the instance serves; tell when its parameters wait for a reboot."""
        status = state["DBInstanceStatus"]
        _refuse_broken(state)
        if status in SERVING and state[IN_SYNC] == "pending-reboot":
            self.cloud.progress(f"{state['DBInstanceIdentifier']}: changed parameters wait for its next reboot")
        return status in SERVING

    def mendable(self, state: State) -> bool:
        """Say whether it is full, and declared to be larger."""
        return bool(state.get(MENDED))

    def create(self, resource: Resource) -> None:
        """Create or restore with tags, after an instance of that name which is still being deleted."""
        self._await_gone(resource)
        wanted = without(resource.properties, self.more_properties)
        if wanted.get("MaxAllocatedStorage") == wanted.get("AllocatedStorage"):
            wanted.pop("MaxAllocatedStorage", None)
        if RESTORED_FROM in resource.properties:
            request = restoration(self.cloud, resource.properties[RESTORED_FROM], wanted)
            self.write("restore_db_instance_to_point_in_time", **request, Tags=tag_list(resource.tags))
            return
        what = f"{resource} waits for its monitoring role to be known"
        self.cloud.wait_until(
            lambda: self._created({**wanted, "Tags": tag_list(resource.tags)}), what, at_most=ROLE_SEEN_WITHIN, poll=5
        )

    def _created(self, wanted: dict[str, Any]) -> bool:
        try:
            self.write("create_db_instance", **wanted)
        except ClientError as error:
            if error_code(error) != "InvalidParameterValue" or "IAM role" not in str(error):
                raise
            return False
        return True

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Modify everything that differs in one call, then reboot if that is allowed and needed."""
        self.tag(state["DBInstanceArn"], changes)
        settings = without(changes, ["Tags", IN_SYNC])
        _check_upgrade(resource, changes)
        if (settings or IN_SYNC in changes) and not state.get(MENDED):
            self._await_settled(resource, state)
        if not state.get(MENDED):  # RDS takes no snapshot of one that is full
            self._make_safe(resource, state, changes)
        if settings:
            self.write("modify_db_instance", **_modification(resource, settings))
            self._await_applied(resource)
        if IN_SYNC in changes:
            self.write("reboot_db_instance", **only(state, ["DBInstanceIdentifier"]))
            self._await_applied(resource)

    def precautions(self, resource: Resource, changes: Changes) -> State:
        """Name the snapshot that a risky change is preceded by."""
        reason = risk(changes)
        if not reason or not resource.properties.get("ChangeSnapshotsKept"):
            return {}
        return {"Snapshot": f"taken before {reason}"}

    def _make_safe(self, resource: Resource, state: State, changes: Changes) -> None:
        """Take a snapshot before a risky change, once, however often the change itself is tried."""
        name, reason = state["DBInstanceIdentifier"], risk(changes)
        keep = resource.properties.get("ChangeSnapshotsKept")
        if not reason or keep is None or (name, reason) in self._safe:
            return
        ChangeSnapshots(self.cloud, name, int(keep), resource.tags).take(reason)
        self._safe.add((name, reason))
        self._await_settled(resource, {"DBInstanceStatus": "backing-up"})

    def _await_settled(self, resource: Resource, state: State) -> None:
        """Wait until the instance takes changes; ``state`` is what is known of it."""
        found = {"DBInstanceStatus": state["DBInstanceStatus"]}

        def settled() -> bool:
            found.update(self._described(resource) or {})
            _refuse_broken({"DBInstanceIdentifier": resource.properties["DBInstanceIdentifier"], **found})
            return found["DBInstanceStatus"] in SETTLED

        if found["DBInstanceStatus"] not in SETTLED:
            what = f"{resource} is {found['DBInstanceStatus']}"
            self.cloud.wait_until(settled, what, at_most=self.timeout, poll=self.poll)

    def _await_applied(self, resource: Resource) -> None:
        """Wait until the instance is available again and, if that was declared, nothing is pending."""
        self.cloud.wait(SETTLE)
        at_once = resource.properties.get("ApplyImmediately")

        def applied() -> bool:
            instance = self._described(resource) or {"DBInstanceStatus": "deleted"}
            pending = instance.get("PendingModifiedValues") if at_once else None
            return instance["DBInstanceStatus"] in SETTLED and not pending

        self.cloud.wait_until(applied, f"{resource} is being modified", at_most=self.timeout, poll=self.poll)

    def _await_gone(self, resource: Resource) -> None:
        what = f"{resource} is being deleted"
        self.cloud.wait_until(lambda: self._described(resource) is None, what, at_most=self.timeout, poll=self.poll)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a protected instance, unless the protection was declared off."""
        if state["DeletionProtection"] and resource.properties.get("DeletionProtection") is not False:
            name = state["DBInstanceIdentifier"]
            return f"{name} has deletion protection; declare DeletionProtection: false to remove it"
        return None

    def delete(self, resource: Resource, state: State) -> None:
        """Lift a protection that was declared off, delete, and wait until the network it stands in is free."""
        name = only(state, ["DBInstanceIdentifier"])
        if state["DeletionProtection"]:
            self._await_settled(resource, state)
            self.write("modify_db_instance", **name, DeletionProtection=False, ApplyImmediately=True)
            self._await_applied(resource)
        if state["DBInstanceStatus"] != "deleting":
            self._delete(name, resource)
        self._await_gone(resource)

    def _delete(self, name: dict[str, str], resource: Resource) -> None:
        choices = only(
            resource.properties, ["SkipFinalSnapshot", "FinalDBSnapshotIdentifier", "DeleteAutomatedBackups"]
        )
        if not choices.get("SkipFinalSnapshot"):
            stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
            snapshot = choices.setdefault("FinalDBSnapshotIdentifier", f"{name['DBInstanceIdentifier']}-final-{stamp}")
            self.cloud.progress(f"{resource} leaves its data in the snapshot {snapshot}")
        try:
            self.write_unless("delete_db_instance", MISSING, **name, **choices)
        except ClientError as error:
            # A run that was killed may have begun it.
            if error_code(error) != "InvalidDBInstanceState" or "deleting" not in str(error):
                raise


def _modification(resource: Resource, changes: Changes) -> dict[str, Any]:
    """Return the parameters of ModifyDBInstance."""
    wanted = without(resource.properties, [*CHOICES, IN_SYNC, RESTORED_FROM])
    names = set(changes)
    for group in TOGETHER:
        if names & set(group):
            names |= set(group)
    modification = {RENAMED.get(name, name): value for name, value in only(wanted, names - {LOGS}).items()}
    if LOGS in changes:
        before, after = set(changes[LOGS].before or ()), set(changes[LOGS].after)
        modification["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(after - before),
            "DisableLogTypes": sorted(before - after),
        }
    choices = only(resource.properties, ["DBInstanceIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade"])
    return {**modification, **choices}


def risk(changes: Changes) -> str:
    """Return in words which of the changes may lose data or restart the instance; nothing when none does."""
    told = {"ParameterApplyStatus": "reboot", "CACertificateIdentifier": "certificate"}
    return ", ".join(told.get(name) or words(name) for name in RISKY if name in changes)


def _refuse_broken(state: State) -> None:
    status = state["DBInstanceStatus"]
    if status.startswith(BROKEN):
        raise ConvergeError(f"{state['DBInstanceIdentifier']} is {status}; mend or start it, then run again")


def _check_upgrade(resource: Resource, changes: Changes) -> None:
    if "EngineVersion" not in changes or resource.properties.get("AllowMajorVersionUpgrade"):
        return
    before, after = changes["EngineVersion"]
    if before and version(before)[0] != version(after)[0]:
        raise ConvergeError(
            f"EngineVersion {before} to {after} is a major upgrade; declare AllowMajorVersionUpgrade: true,"
            " after trying it on a restored snapshot"
        )


ADAPTER = RdsDbInstance
