"""RDS's states: what takes time, and what is refused meanwhile."""

from __future__ import annotations

import shutil
import string
from random import choices
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.databases.hooks_rds import full_version
from rehearsal.databases.hooks_restores import RESTORES
from rehearsal.databases.mover import CHANGE, DELETION, SNAPSHOT, DatabaseMover
from rehearsal.world import ITSELF

ID_LENGTH = 26
#: Parameters of ModifyDBInstance that say how, not what.
MODES = {"DBInstanceIdentifier", "ApplyImmediately"}
TAKEN = "rds.snapshots_ready"


def _mover(call: Call) -> DatabaseMover:
    found = call.world.movers["databases"]
    assert isinstance(found, DatabaseMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


def _key(call: Call) -> tuple[str, str]:
    return call.region, call.params["DBInstanceIdentifier"]


@after("rds", "CreateDBInstance", *RESTORES)
def complete(call: Call, response: dict[str, Any]) -> None:
    """Give an instance a resource id of its own, moto has one for all, and its whole version."""
    instance = call.backend().databases[call.params["DBInstanceIdentifier"]]
    if instance.engine == "postgres":
        instance.engine_version = full_version(str(instance.engine_version))
        response["DBInstance"]["EngineVersion"] = instance.engine_version
    found = "db-" + "".join(choices(string.ascii_uppercase + string.digits, k=ID_LENGTH))  # noqa: S311  no secret
    instance.dbi_resource_id = found
    response["DBInstance"]["DbiResourceId"] = found


@before("rds", "ModifyDBInstance", "RebootDBInstance", "DeleteDBInstance")
def refuse_busy(call: Call) -> None:
    """Refuse to change an instance that is not available, and to delete one twice."""
    key = _key(call)
    instance = call.backend().databases.get(key[1])
    if instance is None or instance.engine != "postgres":
        return
    status = _mover(call).status_of(key)
    busy = {"creating", "modifying", "rebooting", "starting", "stopped", "stopping"}
    waits = status == "deleting" or (status in busy and not _deletes(call))
    if waits:
        raise Refused("InvalidDBInstanceState", f"Database instance is not in available state. It is {status}.")


def _deletes(call: Call) -> bool:
    return call.operation == "DeleteDBInstance"


@after("rds", "ModifyDBInstance")
def take_time(call: Call, response: dict[str, Any]) -> None:
    """Show the change for a while."""
    _mover(call).try_again(_key(call))
    if set(call.params) - MODES:
        _mover(call).occupy(_key(call), "modifying", CHANGE)
        response["DBInstance"]["DBInstanceStatus"] = "modifying"


@operation("rds", "StopDBInstance", "StartDBInstance")
def stop_or_start(call: Call) -> dict[str, Any] | None:
    """Stop the real server, or start it; its data stay.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
    """
    key, starts = _key(call), call.operation == "StartDBInstance"
    instance = call.backend().databases.get(key[1])
    if instance is None or instance.engine != "postgres":
        return None
    status, needed = _mover(call).status_of(key), "stopped" if starts else "available"
    if status != needed:
        raise Refused("InvalidDBInstanceState", f"Instance {key[1]} is not in {needed} state. It is {status}.")
    if starts:
        _mover(call).start_again(key)
    else:
        _mover(call).stop_instance(key)
    client = call.world.boto("rds", call.region, key=ITSELF)
    shown = client.describe_db_instances(DBInstanceIdentifier=key[1])["DBInstances"][0]
    return {"DBInstance": {**shown, "DBInstanceStatus": "starting" if starts else "stopping"}}


@before("rds", "DeleteDBInstance")
def hold(call: Call) -> None:
    """Hold on to the instance, which moto forgets at once."""
    call.world.kept("rds.deleting")[_key(call)] = call.backend().databases.get(call.params["DBInstanceIdentifier"])


@after("rds", "DeleteDBInstance")
def go_slowly(call: Call, response: dict[str, Any]) -> None:
    """Show the deletion for a while, then forget."""
    instance = call.world.kept("rds.deleting").pop(_key(call))
    if instance.engine == "postgres":
        call.backend().databases[instance.db_instance_identifier] = instance
        _mover(call).occupy(_key(call), "deleting", DELETION)
        response["DBInstance"]["DBInstanceStatus"] = "deleting"


@after("rds", "CreateDBSnapshot")
def take_time_for_snapshot(call: Call, response: dict[str, Any]) -> None:
    """Note when the snapshot can be used."""
    name = call.params["DBSnapshotIdentifier"]
    call.world.kept(TAKEN)[call.region, name] = call.world.clock.now() + SNAPSHOT
    response["DBSnapshot"].update(Status="creating", PercentProgress=0)


@after("rds", "DescribeDBSnapshots")
def show_progress(call: Call, response: dict[str, Any]) -> None:
    """Show which snapshots are being taken."""
    for one in response["DBSnapshots"]:
        if _unfinished(call, one["DBSnapshotIdentifier"]):
            one.update(Status="creating", PercentProgress=0)


@before("rds", "RestoreDBInstanceFromDBSnapshot", "DeleteDBSnapshot")
def refuse_unfinished(call: Call) -> None:
    """Refuse to use a snapshot that is being taken."""
    name = call.params["DBSnapshotIdentifier"].rsplit(":", 1)[-1]
    if _unfinished(call, name):
        raise Refused("InvalidDBSnapshotState", f"The DB snapshot {name} is not in the available state.")


@after("rds", "DeleteDBSnapshot")
def remove_data(call: Call, response: dict[str, Any]) -> None:
    """Remove the data of a snapshot."""
    del response
    shutil.rmtree(_mover(call).snapshots / call.params["DBSnapshotIdentifier"], ignore_errors=True)


def _unfinished(call: Call, name: str) -> bool:
    ready_at: float = call.world.kept(TAKEN).get((call.region, name), 0.0)
    return call.world.clock.now() < ready_at


@before("rds", "DeleteDBSubnetGroup")
def refuse_used_group(call: Call) -> None:
    """Refuse to delete a subnet group that an instance is in."""
    name = call.params["DBSubnetGroupName"]
    groups = [getattr(one, "db_subnet_group", None) for one in call.backend().databases.values()]
    if any(group.name == name for group in groups if group):
        raise Refused(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{name}' because at least one database instance is still using it.",
        )


@before("rds", "DeleteDBParameterGroup")
def refuse_used_parameters(call: Call) -> None:
    """Refuse to delete a parameter group that an instance has, and the default ones."""
    name = call.params["DBParameterGroupName"]
    if name.startswith("default."):
        raise Refused("InvalidDBParameterGroupState", "Default DBParameterGroup cannot be deleted: " + name)
    if any(one.db_parameter_group_name == name for one in call.backend().databases.values()):
        raise Refused(
            "InvalidDBParameterGroupState",
            f"One or more database instances are still members of this parameter group {name}, so the group cannot be "
            "deleted",
        )
