"""One finder for each kind of orphan. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..change_snapshot import TAG
from .asked import Asked, Orphan, environment

GIB = 1 << 30
Found = Iterator[Orphan]


def addresses(asked: Asked) -> Found:
    """Yield public addresses that belong to nothing."""
    for one in asked.cloud.pages("ec2", "describe_addresses", "Addresses"):
        if not one.get("AssociationId"):
            name, tags = one.get("AllocationId", one["PublicIp"]), environment(one.get("Tags", []))
            yield Orphan("address", name, tags, "is associated with nothing", asked.month("public_address_hour"))


def volumes(asked: Asked) -> Found:
    """Yield disks that no machine has."""
    for one in asked.cloud.pages("ec2", "describe_volumes", "Volumes"):
        if one["State"] == "available" and asked.old(one["CreateTime"]):
            price, tags = asked.month("volume_gib", one["Size"]), environment(one.get("Tags", []))
            yield Orphan("volume", one["VolumeId"], tags, f"{one['Size']} GiB attached to nothing", price)


def snapshots(asked: Asked) -> Found:
    """Yield old snapshots of disks that no machine image needs."""
    images = asked.cloud.pages("ec2", "describe_images", "Images", Owners=["self"])
    disks = [disk.get("Ebs", {}) for image in images for disk in image.get("BlockDeviceMappings", [])]
    needed = {disk.get("SnapshotId") for disk in disks}
    for one in asked.cloud.pages("ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"]):
        if one["SnapshotId"] not in needed and asked.old(one["StartTime"]):
            price, tags = asked.month("volume_snapshot_gib", one["VolumeSize"]), environment(one.get("Tags", []))
            yield Orphan("snapshot", one["SnapshotId"], tags, f"from {one['StartTime']:%Y-%m-%d}, of no image", price)


def database_snapshots(asked: Asked) -> Found:
    """Yield old snapshots of databases that somebody made.

    Those that RDS makes end by themselves, and those before changes of a database that is there are kept by number.
    """
    there = {one["DBInstanceIdentifier"] for one in asked.cloud.pages("rds", "describe_db_instances", "DBInstances")}
    for one in asked.cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual"):
        counted = one["DBInstanceIdentifier"] in there and any(tag["Key"] == TAG for tag in one["TagList"])
        if not counted and one.get("SnapshotCreateTime") and asked.old(one["SnapshotCreateTime"]):
            price, tags = asked.month("database_backup_gib", one["AllocatedStorage"]), environment(one["TagList"])
            reason = f"of {one['DBInstanceIdentifier']}, from {one['SnapshotCreateTime']:%Y-%m-%d}"
            yield Orphan("database snapshot", one["DBSnapshotIdentifier"], tags, reason, price)


def databases(asked: Asked) -> Found:
    """Yield databases that nobody connected to."""
    for one in asked.cloud.pages("rds", "describe_db_instances", "DBInstances"):
        name, made = one["DBInstanceIdentifier"], one.get("InstanceCreateTime")
        if not made or not asked.old(made):
            continue
        if not asked.most("AWS/RDS", "DatabaseConnections", "Maximum", DBInstanceIdentifier=name):
            twice = 2 if one.get("MultiAZ") else 1
            price = twice * asked.month(one["DBInstanceClass"])
            price += twice * asked.month("database_storage_gib", one["AllocatedStorage"])
            yield Orphan("database", name, environment(one["TagList"]), "had no connection", price)


def load_balancers(asked: Asked) -> Found:
    """Yield load balancers that answered no request."""
    for one in asked.cloud.pages("elbv2", "describe_load_balancers", "LoadBalancers"):
        name = one["LoadBalancerArn"].split("loadbalancer/")[-1]
        if one["Type"] != "application" or not asked.old(one["CreatedTime"]):
            continue
        if not asked.most("AWS/ApplicationELB", "RequestCount", "Sum", LoadBalancer=name):
            price, tags = asked.month("load_balancer_hour"), _tags(asked, one["LoadBalancerArn"])
            yield Orphan("load balancer", one["LoadBalancerName"], tags, "had no request", price)


def target_groups(asked: Asked) -> Found:
    """Yield target groups that no listener forwards to; a load balancer has a quota of them."""
    for one in asked.cloud.pages("elbv2", "describe_target_groups", "TargetGroups"):
        if not one["LoadBalancerArns"]:
            tags = _tags(asked, one["TargetGroupArn"])
            yield Orphan("target group", one["TargetGroupName"], tags, "no listener forwards to it", 0)


def _tags(asked: Asked, arn: str) -> str:
    described = asked.cloud.read("elbv2", "describe_tags", ResourceArns=[arn])["TagDescriptions"]
    return environment(described[0]["Tags"])


def nat_gateways(asked: Asked) -> Found:
    """Yield NAT gateways that nothing went through."""
    for one in asked.cloud.pages("ec2", "describe_nat_gateways", "NatGateways"):
        name = one["NatGatewayId"]
        if one["State"] != "available" or not asked.old(one["CreateTime"]):
            continue
        if not asked.most("AWS/NATGateway", "BytesOutToDestination", "Sum", NatGatewayId=name):
            price = asked.month("nat_gateway_hour")
            yield Orphan("NAT gateway", name, environment(one.get("Tags", [])), "nothing went through it", price)


def log_groups(asked: Asked) -> Found:
    """Yield log groups that keep everything for ever."""
    for one in asked.cloud.pages("logs", "describe_log_groups", "logGroups"):
        if not one.get("retentionInDays"):
            price = asked.month("log_stored_gib", one.get("storedBytes", 0) / GIB)
            yield Orphan("log group", one["logGroupName"], "", "has no retention, so it only grows", price)


def secrets(asked: Asked) -> Found:
    """Yield secrets that nobody read; those that an AWS service owns go with it."""
    for one in asked.cloud.pages("secretsmanager", "list_secrets", "SecretList"):
        moment = one.get("LastAccessedDate") or one["CreatedDate"]
        if not one.get("OwningService") and not one.get("DeletedDate") and asked.old(moment):
            reason = f"not read since {moment:%Y-%m-%d}"
            yield Orphan("secret", one["Name"], environment(one.get("Tags", [])), reason, asked.month("secret"))


def alarms(asked: Asked) -> Found:
    """Yield alarms whose metric nobody sends any more."""
    for one in asked.cloud.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
        if one["StateValue"] == "INSUFFICIENT_DATA" and asked.old(one["StateUpdatedTimestamp"]):
            reason = f"no data since {one['StateUpdatedTimestamp']:%Y-%m-%d}"
            yield Orphan("alarm", one["AlarmName"], "", reason, asked.month("alarm", _metrics(one)))


def _metrics(alarm: Mapping[str, Any]) -> int:
    return sum("MetricStat" in one for one in alarm.get("Metrics") or []) or 1


FINDERS: dict[str, Callable[[Asked], Found]] = {
    "addresses": addresses,
    "alarms": alarms,
    "database snapshots": database_snapshots,
    "databases": databases,
    "load balancers": load_balancers,
    "log groups": log_groups,
    "NAT gateways": nat_gateways,
    "secrets": secrets,
    "snapshots": snapshots,
    "target groups": target_groups,
    "volumes": volumes,
}
