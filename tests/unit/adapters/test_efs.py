from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry, group

SUBNETS = [
    entry("ec2_subnet", zone, VpcId=VPC_ID, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
    for number, zone in enumerate("ab")
]
SYSTEM: dict[str, Any] = {
    "type": "efs_file_system",
    "name": "main",
    "properties": {"CreationToken": "test", "Encrypted": True, "ThroughputMode": "elastic", "Backup": True},
}
TARGETS: dict[str, Any] = {
    "type": "efs_mount_targets",
    "name": "main",
    "properties": {
        "FileSystemId": "${efs_file_system.main.FileSystemId}",
        "SubnetIds": ["${ec2_subnet.a.SubnetId}", "${ec2_subnet.b.SubnetId}"],
        "SecurityGroups": ["${ec2_security_group.storage.GroupId}"],
    },
}
POINT: dict[str, Any] = {
    "type": "efs_access_point",
    "name": "data",
    "properties": {
        "FileSystemId": "${efs_file_system.main.FileSystemId}",
        "ClientToken": "test-data",
        "PosixUser": {"Uid": 65534, "Gid": 65534},
        "RootDirectory": {
            "Path": "/data",
            "CreationInfo": {"OwnerUid": 65534, "OwnerGid": 65534, "Permissions": "0750"},
        },
    },
}
ALL = [VPC, *SUBNETS, group("storage"), SYSTEM, TARGETS, POINT]


def test_lives(converge: Converge) -> None:
    converge.lives(ALL)


def test_a_file_system_is_mended(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        number = run.state("efs_file_system.main")["FileSystemId"]
        client("efs").tag_resource(ResourceId=number, Tags=[{"Key": "foreign", "Value": "x"}])

    converge.mends([SYSTEM], drift, {"efs_file_system.main": {"Tags"}})


@pytest.mark.parametrize(("name", "value"), [("Encrypted", False), ("PerformanceMode", "maxIO")])
def test_what_a_file_system_cannot_change_is_refused(converge: Converge, name: str, value: Any) -> None:
    converge([SYSTEM])
    wrong = {**SYSTEM, "properties": {**SYSTEM["properties"], name: value}}
    assert name in converge([wrong], fails=True).failures[0]


def test_mount_targets_are_mended(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        targets = run.state("efs_mount_targets.main")["targets"]
        first, second = (targets[run.state(f"ec2_subnet.{zone}")["SubnetId"]] for zone in "ab")
        other = client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])
        groups = [other["SecurityGroups"][0]["GroupId"]]
        client("efs").modify_mount_target_security_groups(MountTargetId=first, SecurityGroups=groups)
        client("efs").delete_mount_target(MountTargetId=second)

    converge.mends(ALL, drift, {"efs_mount_targets.main": {"SubnetIds", "SecurityGroups"}})


def test_an_access_point_that_differs_is_replaced(converge: Converge) -> None:
    before = converge(ALL).state("efs_access_point.data")["AccessPointId"]
    other = {**POINT, "properties": {**POINT["properties"], "PosixUser": {"Uid": 472, "Gid": 472}}}
    after = converge([*ALL[:-1], other]).state("efs_access_point.data")
    assert (after["PosixUser"]["Uid"], after["AccessPointId"] == before) == (472, False)
