"""Buckets, the table of leases and file systems (S3, DynamoDB, EFS)."""

from __future__ import annotations

import json

from ...adapter import tag_dict
from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name, unless
from .account import trails
from .containers import task_definition
from .network import subnet


def bucket(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the buckets with what controls ask for."""
    names = sorted(value for name, value in outputs.items() if name.endswith("bucket"))
    yield from ((name, _bucket(cloud, name)) for name in dict.fromkeys(names))


def trail_bucket(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield those of the buckets that calls are recorded in; whoever made another trail answers for its bucket."""
    recorded = {one["S3BucketName"] for one in trails(cloud)}
    yield from ((name, found) for name, found in bucket(cloud, outputs) if name in recorded)


def _bucket(cloud: Cloud, name: str) -> Data:
    found: Data = cloud.cached(("bucket", name), lambda: _read_bucket(cloud, name))
    return found


def _read_bucket(cloud: Cloud, name: str) -> Data:
    def read(what: str) -> Data:
        return cloud.read("s3", f"get_{what}", Bucket=name)

    return {
        "Block": read("public_access_block")["PublicAccessBlockConfiguration"],
        "Ownership": read("bucket_ownership_controls")["OwnershipControls"]["Rules"],
        "Policy": json.loads(read("bucket_policy")["Policy"]),
        "Logging": read("bucket_logging").get("LoggingEnabled"),
        "Versioning": read("bucket_versioning").get("Status"),
        "Rules": read("bucket_lifecycle_configuration")["Rules"],
        "Encryption": read("bucket_encryption")["ServerSideEncryptionConfiguration"],
    }


def table(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the table of leases."""
    name = outputs["state/lease_table"]
    found = cloud.read("dynamodb", "describe_table", TableName=name)["Table"]
    backups = cloud.read("dynamodb", "describe_continuous_backups", TableName=name)["ContinuousBackupsDescription"]
    tags = cloud.pages("dynamodb", "list_tags_of_resource", "Tags", ResourceArn=found["TableArn"])
    yield name, {**found, "Backups": backups, "Tags": tag_dict(tags)}


def file_system(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the file systems that services mount, with the policy of their backups and the subnets they are in."""
    for number in _mounted(cloud, outputs):
        (found,) = cloud.read("efs", "describe_file_systems", FileSystemId=number)["FileSystems"]
        targets = cloud.pages("efs", "describe_mount_targets", "MountTargets", FileSystemId=number)
        by_id = dict(subnet(cloud, outputs))
        subnets = [by_id[one["SubnetId"]] for one in targets]
        yield number, {**found, "Backups": _backups(cloud, number), "Subnets": subnets}


def _mounted(cloud: Cloud, outputs: Outputs) -> list[str]:
    volumes = [one for _, definition in task_definition(cloud, outputs) for one in definition.get("volumes", [])]
    mounts = [one["efsVolumeConfiguration"] for one in volumes if "efsVolumeConfiguration" in one]
    return sorted({one["fileSystemId"] for one in mounts})


def _backups(cloud: Cloud, number: str) -> str | None:
    answer = unless({"PolicyNotFound"}, lambda: cloud.read("efs", "describe_backup_policy", FileSystemId=number))
    status: str | None = answer.get("BackupPolicy", {}).get("Status")
    return status


def access_point(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the access points of those file systems."""
    for number in _mounted(cloud, outputs):
        listed = cloud.pages("efs", "describe_access_points", "AccessPoints", FileSystemId=number)
        yield from ((one["AccessPointId"], one) for one in listed)


STORAGE = by_name(bucket, trail_bucket, table, file_system, access_point)
