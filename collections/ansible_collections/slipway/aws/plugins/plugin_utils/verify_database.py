"""Is the database as declared where it matters most: encrypted, not public, redundant, backed up, TLS only?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .adapters._rds_state import SERVING
from .checks import Check, check
from .cloud import Cloud

SUITE = "database"


def database_checks(cloud: Cloud, outputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Check]:
    """Check the database instance.

    Args:
        cloud: the account and region.
        outputs: what components published, by ``component/name``.
        expected: properties as declared, by AWS's name; those not named here must be as security wants them.
    """
    identifier = outputs["database/instance_id"]
    answer = cloud.read("rds", "describe_db_instances", DBInstanceIdentifier=identifier)
    instance = answer["DBInstances"][0]
    status = instance["DBInstanceStatus"]
    yield check(SUITE, "DBInstanceStatus is one in which it serves", holds=status in SERVING, found=status)
    wanted = {"StorageEncrypted": True, "PubliclyAccessible": False, **expected}
    for name, value in wanted.items():
        found = instance.get(name)
        yield check(SUITE, f"{name} is {value}", holds=found == value, found=found)
    yield _tls_only(cloud, instance)


def _tls_only(cloud: Cloud, instance: dict[str, Any]) -> Check:
    group = instance["DBParameterGroups"][0]["DBParameterGroupName"]
    parameters = cloud.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=group)
    found = {item["ParameterName"]: item.get("ParameterValue") for item in parameters}.get("rds.force_ssl")
    return check(SUITE, "connections without TLS are refused", holds=found == "1", found=f"rds.force_ssl {found}")
