"""RDS's API as AWS answers it: states, versions, endpoints, snapshots with data."""

from __future__ import annotations

from typing import Any

from rehearsal.control.keep import Forgotten, keep
from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.databases.binaries import known_parameters, program
from rehearsal.databases.hooks_restores import RESTORES
from rehearsal.databases.mover import DatabaseMover

#: Minor versions that RDS offers for each major one, lowest and highest.
#: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
OFFERED = {14: (20, 23), 15: (15, 19), 16: (11, 15), 17: (7, 11), 18: (1, 6)}
ZONES_NEEDED = 2
#: What gp3 storage of PostgreSQL has where nothing else is asked for, and from how many GiB it is striped.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
BASELINE, STRIPED = {"Iops": 3000, "StorageThroughput": 125}, {"Iops": 12000, "StorageThroughput": 500}
STRIPED_FROM = 400
#: Settings of RDS itself and of extensions, which a bare server does not know.
FOREIGN = ("rds.", "pg_stat_statements.", "auto_explain.", "pgaudit.", "cron.", "apg_", "pglogical.")

keep(
    Forgotten(
        service="rds",
        setters=("CreateDBInstance", "ModifyDBInstance", *RESTORES),
        parameter="DBInstanceIdentifier",
        readers={"DescribeDBInstances": "DBInstances"},
        identifier="DBInstanceIdentifier",
        fields={
            "EnablePerformanceInsights": "PerformanceInsightsEnabled",
            "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
            "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
            "DatabaseInsightsMode": "DatabaseInsightsMode",
            "EngineLifecycleSupport": "EngineLifecycleSupport",
            "NetworkType": "NetworkType",
            "StorageThroughput": "StorageThroughput",
            "Iops": "Iops",
        },
        defaults={"DatabaseInsightsMode": "standard", "NetworkType": "IPV4"},
    )
)


def _mover(call: Call) -> DatabaseMover:
    found = call.world.movers["databases"]
    assert isinstance(found, DatabaseMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


@before("rds", "CreateDBInstance")
def check_new_instance(call: Call) -> None:
    """Refuse versions, subnets and ports that RDS refuses; resolve a bare major version."""
    params = call.params
    if params["Engine"] == "postgres":
        params_version = params.get("EngineVersion", "18")
        _check_version(params_version)
    if not 1150 <= params.get("Port", 5432) <= 65535:  # noqa: PLR2004  RDS's range
        raise Refused("InvalidParameterValue", f"Invalid database port: {params['Port']}. Must be 1150-65535")
    group = call.backend().subnet_groups.get(params.get("DBSubnetGroupName", ""))
    if params.get("DBSubnetGroupName") and group is None:
        raise Refused("DBSubnetGroupNotFoundFault", f"DBSubnetGroup not found: {params['DBSubnetGroupName']}", 404)
    call.world.kept("rds.regions")[call.region] = True
    key = (call.region, params["DBInstanceIdentifier"])
    call.world.kept("rds.created")[key] = call.world.clock.now()
    for name in ("rds.restored", "rds.passwords", "rds.kept.DBInstanceIdentifier"):  # of another one of that name
        call.world.kept(name).pop(key, None)


def _check_version(version: str) -> None:
    major, _, minor = version.partition(".")
    low, high = OFFERED.get(int(major) if major.isdigit() else 0, (1, 0))
    if low > high or (minor and not (minor.isdigit() and low <= int(minor) <= high)):
        raise Refused("InvalidParameterCombination", f"Cannot find version {version} for postgres")


@before("rds", "CreateDBSubnetGroup", "ModifyDBSubnetGroup")
def check_zones(call: Call) -> None:
    """Refuse a subnet group that lies in one zone."""
    subnets = call.backend("ec2").describe_subnets(subnet_ids=call.params["SubnetIds"])
    if len({subnet.availability_zone for subnet in subnets}) < ZONES_NEEDED:
        raise Refused(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{subnets[0].availability_zone}. Add subnets to cover at least {ZONES_NEEDED} AZs.",
        )


@before("rds", "ModifyDBParameterGroup")
def check_parameters(call: Call) -> None:
    """Refuse settings that PostgreSQL does not have."""
    mover = _mover(call)
    known = known_parameters(program(18, "postgres", mover.world.state_dir / "run"))
    for parameter in call.params["Parameters"]:
        name = parameter["ParameterName"]
        if name not in known and not name.startswith(FOREIGN):
            raise Refused("InvalidParameterValue", f"Could not find parameter with name: {name}")


@after("rds", "ModifyDBParameterGroup", "ResetDBParameterGroup")
def apply_parameters(call: Call, response: dict[str, Any]) -> None:
    """Let the servers of the group take the new values over."""
    del response
    here = [name for region, name in list(_mover(call).running) if region == call.region]
    for name in here:
        if call.backend().databases[name].db_parameter_group_name == call.params["DBParameterGroupName"]:
            _mover(call).reload((call.region, name))


@after("rds", "CreateDBInstance", "DescribeDBInstances", "ModifyDBInstance", *RESTORES)
def show_state(call: Call, response: dict[str, Any]) -> None:
    """Show the state of the real server, and the address where it answers."""
    single = response.get("DBInstance")
    for item in [single] if single else response.get("DBInstances", []):
        if item["Engine"] == "postgres":
            _show(call, item)


def _show(call: Call, item: dict[str, Any]) -> None:
    mover, key = _mover(call), (call.region, item["DBInstanceIdentifier"])
    item["EngineVersion"] = full_version(item["EngineVersion"])
    if item.get("StorageType") == "gp3":
        for name, least in (STRIPED if item["AllocatedStorage"] >= STRIPED_FROM else BASELINE).items():
            item[name] = item.get(name) or least
    if item.get("MonitoringInterval"):
        place = f"{call.region}:{call.account}"
        item["EnhancedMonitoringResourceArn"] = (
            f"arn:aws:logs:{place}:log-group:RDSOSMetrics:log-stream:{item['DbiResourceId']}"
        )
    item["CertificateDetails"] = {"CAIdentifier": item.get("CACertificateIdentifier", "rds-ca-rsa2048-g1")}
    item["DBInstanceStatus"] = mover.status_of(key)
    if key not in mover.running or item["DBInstanceStatus"] == "creating":
        item.pop("Endpoint", None)
        return
    item["Endpoint"] = {"Address": mover.address(key), "Port": mover.running[key].port}
    if mover.running[key].pending_reboot:
        for group in item.get("DBParameterGroups", []):
            group["ParameterApplyStatus"] = "pending-reboot"


def full_version(version: str) -> str:
    """Return a version with its minor number; RDS resolves a bare major version to its newest."""
    return version if "." in version else f"{version}.{OFFERED[int(version)][1]}"


@before("rds", "DeleteDBInstance")
def check_deletion(call: Call) -> None:
    """Refuse what is protected; take the final snapshot of the data."""
    name = call.params["DBInstanceIdentifier"]
    instance = call.backend().databases.get(name)
    if instance is None:
        return
    if instance.deletion_protection:
        raise Refused(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    final = call.params.get("FinalDBSnapshotIdentifier")
    if not final and not call.params.get("SkipFinalSnapshot"):
        raise Refused(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final and (call.region, name) in _mover(call).running:
        _check_new_snapshot(call, final)
        _mover(call).back_up((call.region, name), final)


def _check_new_snapshot(call: Call, name: str) -> None:
    if name in call.backend().database_snapshots:
        raise Refused("DBSnapshotAlreadyExists", f"Cannot create the snapshot because one with the name {name} exists.")


@before("rds", "CreateDBSnapshot")
def copy_data(call: Call) -> None:
    """Copy the data when a snapshot is taken."""
    key = (call.region, call.params["DBInstanceIdentifier"])
    if not _mover(call).available(key):
        raise Refused(
            "InvalidDBInstanceState",
            "Cannot create a snapshot because the database instance is not currently in the available state.",
        )
    _check_new_snapshot(call, call.params["DBSnapshotIdentifier"])
    _mover(call).back_up(key, call.params["DBSnapshotIdentifier"])


@before("rds", "RebootDBInstance")
def check_failover(call: Call) -> None:
    """Refuse to fail over where there is no standby."""
    instance = call.backend().databases.get(call.params["DBInstanceIdentifier"])
    if instance and call.params.get("ForceFailover") and not instance.multi_az:
        raise Refused(
            "InvalidParameterCombination",
            "ForceFailover can not be specified since the instance is not configured for MultiAZ",
        )


@after("rds", "RebootDBInstance")
def restart(call: Call, response: dict[str, Any]) -> None:
    """Restart the real server."""
    del response
    _mover(call).reboot((call.region, call.params["DBInstanceIdentifier"]))
