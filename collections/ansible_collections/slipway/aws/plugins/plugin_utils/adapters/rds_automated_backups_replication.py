"""Automated backups of a database that are copied into another region."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ..adapter import tag_list
from ..cloud import error_code
from ..resource import Resource, State
from ._rds import RdsAdapter

#: There is nothing to stop.
STOPPED = ("DBInstanceNotFound", "InvalidDBInstanceState")
NO_BACKUP = "InvalidDBInstanceState"


class RdsAutomatedBackupsReplication(RdsAdapter):
    """Copies of an instance's automated backups in the region of the task, which is not the instance's.

    A change stops the copying and begins it anew; copies made before stay until their days are over. AWS tells the key
    by its ARN, however it was named, so that is not compared.
    """

    create_operation = "StartDBInstanceAutomatedBackupsReplication"
    required = ("SourceDBInstanceArn", "BackupRetentionPeriod")
    identity = ("SourceDBInstanceArn",)
    immutable = ("BackupRetentionPeriod",)
    replaceable = True
    computed = ("DBInstanceAutomatedBackupsArn",)
    taggable = False
    timeout = 3600
    poll = 15

    def find_one(self, resource: Resource) -> State | None:
        """Look for copies that are being made: those that outlive the copying are no part of it."""
        source = resource.properties["SourceDBInstanceArn"]
        listed = self.cloud.pages("rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups")
        found = [one for one in listed if one["DBInstanceArn"] == source and one["Status"] != "retained"]
        if not found:
            return None
        return {**found[0], "SourceDBInstanceArn": source, "KmsKeyId": resource.properties.get("KmsKeyId")}

    def create(self, resource: Resource) -> None:
        """Begin to copy, once there is a first backup; the source's region signs the call."""
        source = resource.properties["SourceDBInstanceArn"]
        request = {**resource.properties, "SourceRegion": source.split(":")[3], "Tags": tag_list(resource.tags)}

        def begun() -> bool:
            try:
                self.write("start_db_instance_automated_backups_replication", **request)
            except ClientError as error:
                if error_code(error) != NO_BACKUP:
                    raise
                return self.find_one(resource) is not None  # begun by a call whose answer was lost
            return True

        self.cloud.wait_until(begun, f"first backup of {source}", at_most=self.timeout, poll=self.poll)

    def delete(self, resource: Resource, state: State) -> None:
        """Copy no more."""
        del state
        source = resource.properties["SourceDBInstanceArn"]
        self.write_unless("stop_db_instance_automated_backups_replication", STOPPED, SourceDBInstanceArn=source)


ADAPTER = RdsAutomatedBackupsReplication
