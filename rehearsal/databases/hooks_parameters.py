"""Parameters of groups: every one of the engine, and their resetting, neither of which moto knows."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.databases.binaries import force_ssl, major_for, program, run_as

PAGE = 100
#: Contexts of PostgreSQL in which a value takes effect only at the next start, or never.
STATIC, FIXED = "postmaster", "internal"
#: Parameters of RDS itself: default value, and whether a reboot is needed.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
OF_RDS = {
    "rds.force_ssl": ("1", "dynamic"),
    "rds.logical_replication": ("0", "static"),
    "rds.log_retention_period": ("4320", "dynamic"),
    "rds.restrict_password_commands": ("0", "static"),
    "pg_stat_statements.track": ("top", "dynamic"),
    "auto_explain.log_min_duration": ("-1", "dynamic"),
    "pgaudit.log": ("none", "dynamic"),
}


@cache
def _engine_parameters(postgres: str) -> list[dict[str, Any]]:
    """Return the settings that a server describes, as RDS lists parameters."""
    answer = subprocess.run(
        [postgres, "--describe-config"], capture_output=True, text=True, check=True, user=run_as(), cwd="/"
    )
    found = []
    for line in answer.stdout.splitlines():
        name, context, _, kind, *_ = line.split("\t")
        apply_type = "static" if context in {STATIC, FIXED} else "dynamic"
        found.append(_parameter(name, apply_type, kind.lower(), modifiable=context != FIXED))
    return found


def _parameter(name: str, apply_type: str, kind: str, *, modifiable: bool) -> dict[str, Any]:
    return {
        "ParameterName": name,
        "Source": "engine-default",
        "ApplyType": apply_type,
        "DataType": kind,
        "IsModifiable": modifiable,
        "ApplyMethod": "pending-reboot",
    }


@before("rds", "DescribeDBParameterGroups")
def check_group(call: Call) -> None:
    """Refuse the name of a group that there is not; moto lists none."""
    name = call.params.get("DBParameterGroupName")
    if name and name not in call.backend().db_parameter_groups:
        raise Refused("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", 404)


@operation("rds", "DescribeDBParameters")
def describe_parameters(call: Call) -> dict[str, Any] | None:
    """List the parameters of a PostgreSQL group, with those that were set."""
    check_group(call)
    group = call.backend().db_parameter_groups[call.params["DBParameterGroupName"]]
    if not str(group.family).startswith("postgres"):
        return None
    items = {**_defaults(call, group), **_set_by_user(call, group)}
    source = call.params.get("Source")
    wanted = [item for _, item in sorted(items.items()) if source in {None, item["Source"]}]
    start, size = int(call.params.get("Marker") or 0), call.params.get("MaxRecords", PAGE)
    more = {"Marker": str(start + size)} if start + size < len(wanted) else {}
    return {"Parameters": wanted[start : start + size], **more}


def _defaults(call: Call, group: Any) -> dict[str, dict[str, Any]]:
    family = str(group.family).removeprefix("postgres")
    engine = _engine_parameters(program(major_for(family), "postgres", call.world.state_dir / "run"))
    of_rds = {**OF_RDS, "rds.force_ssl": (force_ssl(family), "dynamic")}
    own = [
        {**_parameter(name, kind, "string", modifiable=True), "ParameterValue": value, "Source": "system"}
        for name, (value, kind) in of_rds.items()
    ]
    return {item["ParameterName"]: item for item in [*engine, *own]}


def _set_by_user(call: Call, group: Any) -> dict[str, dict[str, Any]]:
    """Return what differs from the family's defaults: a value that is the default is not the user's at AWS."""
    defaults = _defaults(call, group)
    differing = {
        name: given
        for name, given in group.parameters.items()
        if given["ParameterValue"] != defaults.get(name, {}).get("ParameterValue")
    }
    return {name: {**defaults.get(name, {}), **given, "Source": "user"} for name, given in differing.items()}


@operation("rds", "ResetDBParameterGroup")
def reset_parameters(call: Call) -> dict[str, Any]:
    """Give parameters back their defaults: all, unless it is said which.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ResetDBParameterGroup.html
    """
    check_group(call)
    name, named = call.params["DBParameterGroupName"], call.params.get("Parameters", [])
    whole = call.params.get("ResetAllParameters", True)
    if whole == bool(named):
        raise Refused("InvalidParameterCombination", "Specify either ResetAllParameters or Parameters.")
    group = call.backend().db_parameter_groups[name]
    for one in list(group.parameters) if whole else [one["ParameterName"] for one in named]:
        group.parameters.pop(one, None)
    return {"DBParameterGroupName": name}
