"""RDS instances that are restored to a point in time."""

from __future__ import annotations

from ..adapter import only, tag_list, without
from ..resource import Resource, State
from .rds_db_instance import CHOICES, IN_SYNC, RdsDbInstance

#: What an instance is restored from, of which AWS keeps nothing.
SOURCE = (
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
    "SourceDBInstanceAutomatedBackupsArn",
    "RestoreTime",
    "UseLatestRestorableTime",
)
#: What a restore of PostgreSQL refuses; it follows as a change of the restored instance.
AFTERWARDS = ("ManageMasterUserPassword", "MasterUserSecretKmsKeyId")


class RdsRestoredDbInstance(RdsDbInstance):
    """An instance with the data that another one had at a moment.

    It takes the properties of ``rds_db_instance`` that a restore or a later change can set, and
    ``SourceDBInstanceIdentifier`` (or ``SourceDbiResourceId``, or ``SourceDBInstanceAutomatedBackupsArn``) with
    ``RestoreTime`` or ``UseLatestRestorableTime``. An instance of that name that is there is not restored again.
    """

    create_operation = "RestoreDBInstanceToPointInTime"
    more_properties = (*CHOICES, IN_SYNC, "DBInstanceIdentifier", "MonitoringInterval", "MonitoringRoleArn")
    required = ("DBInstanceIdentifier",)
    immutable = ()
    secret = ()

    def find_one(self, resource: Resource) -> State | None:
        """Read the instance; what it was restored from counts as declared."""
        state = super().find_one(resource)
        return None if state is None else {**state, **only(resource.properties, SOURCE)}

    def create(self, resource: Resource) -> None:
        """Restore with tags, after an instance of that name which is still being deleted."""
        self._await_gone(resource)
        name = resource.properties["DBInstanceIdentifier"]
        wanted = without(resource.properties, [*self.more_properties, *AFTERWARDS])
        self.write(
            "restore_db_instance_to_point_in_time",
            TargetDBInstanceIdentifier=name,
            **wanted,
            Tags=tag_list(resource.tags),
        )


ADAPTER = RdsRestoredDbInstance
