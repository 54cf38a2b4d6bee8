"""What stands in a network: the database, the load balancer, the cluster, the zone."""

from __future__ import annotations

from typing import Any

from ..resource import ConvergeError
from .part import Part
from .survey import Item, Survey

HTTPS = 443
#: What services of Slipway run on.
CAPACITY = {"FARGATE", "FARGATE_SPOT"}


def database(found: Survey) -> Part:
    """Return the database; Slipway's environments have one, of PostgreSQL."""
    part = Part()
    fitting = [base for base in found.databases if base["Engine"] == "postgres"]
    for base in found.databases:
        if base not in fitting[:1]:
            why = (
                "an environment has one database"
                if base in fitting
                else f"it is {base['Engine']}, and PostgreSQL is what Slipway knows"
            )
            part.leave(
                f"database {base['DBInstanceIdentifier']}", f"{why}; it stays as it is, and services reach it as before"
            )
    for base in fitting[:1]:
        part.variables = _database_variables(base)
        group = base["DBParameterGroups"][0]["DBParameterGroupName"]
        pins = {
            "rds_db_instance.main": base["DBInstanceIdentifier"],
            "rds_db_subnet_group.main": base["DBSubnetGroup"]["DBSubnetGroupName"],
        }
        # AWS's own group cannot be changed, so a new one is made beside it.
        part.pin("database", pins if group.startswith("default.") else {**pins, "rds_db_parameter_group.main": group})
    return part


def _port(base: Item) -> int:
    """Return the port; a database that is being made has none to tell yet."""
    if "Endpoint" not in base:
        raise ConvergeError(
            f"database {base['DBInstanceIdentifier']} is {base['DBInstanceStatus']} and has no address yet;"
            " take the environment over when it is available"
        )
    return int(base["Endpoint"]["Port"])


def _database_variables(base: Item) -> dict[str, Any]:
    """Return its size and names; how well it is guarded is left to what Slipway holds for right."""
    return {
        "database_identifier": base["DBInstanceIdentifier"],
        "database_engine_version": base["EngineVersion"],
        "database_instance_class": base["DBInstanceClass"],
        "database_multi_az": bool(base.get("MultiAZ")),
        "database_allocated_storage_gib": base["AllocatedStorage"],
        "database_max_allocated_storage_gib": base.get("MaxAllocatedStorage") or 0,
        "database_name": base.get("DBName") or "postgres",
        "database_master_username": base["MasterUsername"],
        "database_manage_master_password": bool(base.get("MasterUserSecret")),
        "database_port": _port(base),
        "database_backup_window": base["PreferredBackupWindow"],
        "database_maintenance_window": base["PreferredMaintenanceWindow"],
    }


def load_balancer(found: Survey) -> Part:
    """Return the load balancer that carries HTTPS."""
    part, chosen = Part(), the_balancer(found)
    for balancer in found.balancers:
        if balancer is not chosen:
            why = "the first application load balancer with HTTPS is taken over; services on this one stay as they are"
            part.leave(f"load balancer {balancer['LoadBalancerName']}", why)
    if chosen is None:
        return part
    part.variables = {"load_balancer_scheme": chosen["Scheme"]}
    part.pin("load_balancer", {"elbv2_load_balancer.main": chosen["LoadBalancerName"]})
    part.pin("load_balancer", {"elbv2_listener.http": "", "elbv2_listener.https": ""})
    certificates = [one["CertificateArn"] for one in (https(chosen) or {}).get("Certificates") or []]
    if certificates:
        part.variables["certificate_arn"] = certificates[0]
    return part


def the_balancer(found: Survey) -> Item | None:
    """Return the load balancer that is taken over: one for applications, with HTTPS where there is such."""
    fitting = [one for one in found.balancers if one["Type"] == "application"]
    return next(iter(sorted(fitting, key=lambda one: https(one) is None)), None)


def https(balancer: Item) -> Item | None:
    """Return its HTTPS listener."""
    return next((one for one in balancer["Listeners"] if one["Port"] == HTTPS and one["Protocol"] == "HTTPS"), None)


def cluster(found: Survey) -> Part:
    """Return the cluster."""
    part = Part()
    for one in found.clusters[1:]:
        part.leave(f"cluster {one['clusterName']}", "an environment has one; its services stay in it")
    for one in found.clusters[:1]:
        part.variables = {"cluster_name": one["clusterName"]}
        part.pin("cluster", {"ecs_cluster.main": one["clusterName"]})
        if not set(one.get("capacityProviders") or []) >= CAPACITY:
            # No service of Slipway could start; tasks that run stay.
            part.pins["cluster"]["ecs_cluster.main"]["change"] = ["capacityProviders"]
    return part


def zone(found: Survey, domain: str) -> Part:
    """Return the zone of a domain, or the first one."""
    part = Part()
    names = {one["Name"].rstrip("."): one["Id"].rpartition("/")[2] for one in found.zones}
    chosen = domain or next(iter(names), "")
    part.variables = {"dns_zone_name": chosen, **({"dns_zone_id": names[chosen]} if chosen in names else {})}
    for name in names:
        if name != chosen:
            part.leave(f"zone {name}", "an environment has one; its records stay as they are")
    return part
