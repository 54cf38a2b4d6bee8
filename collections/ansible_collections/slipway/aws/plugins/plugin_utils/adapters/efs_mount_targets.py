"""EFS mount targets: the addresses of a file system, one a subnet."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import additions
from ._efs import GONE, EfsAdapter


class EfsMountTargets(EfsAdapter):
    """All mount targets of a file system: ``SubnetIds``, with the same ``SecurityGroups`` in each."""

    create_operation = "CreateMountTarget"
    more_properties = ("SubnetIds",)
    required = ("FileSystemId", "SubnetIds", "SecurityGroups")
    identity = ("FileSystemId",)
    unordered = ("SubnetIds", "SecurityGroups")
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """List them; of groups that differ, those that are not what is declared are told."""
        wanted = resource.properties
        found = self.listed("describe_mount_targets", "MountTargets", FileSystemId=wanted["FileSystemId"])
        if not found:
            return None
        groups = {item["MountTargetId"]: self._groups(item["MountTargetId"]) for item in found}
        declared = sorted(wanted.get("SecurityGroups") or [])
        state = {item["LifeCycleState"] for item in found} - {"available"}
        return {
            "FileSystemId": wanted["FileSystemId"],
            "SubnetIds": [item["SubnetId"] for item in found],
            "SecurityGroups": next((one for one in groups.values() if one != declared), declared),
            "LifeCycleState": next(iter(state), "available"),
            "groups": groups,
            "targets": {item["SubnetId"]: item["MountTargetId"] for item in found},
        }

    def _groups(self, number: str) -> list[str]:
        try:
            answer = self.cloud.read("efs", "describe_mount_target_security_groups", MountTargetId=number)
        except ClientError as error:
            if error_code(error) != "IncorrectMountTargetState":  # AWS tells them once it is there
                raise
            return []
        return sorted(answer["SecurityGroups"])

    def create(self, resource: Resource) -> None:
        """Create one in each subnet."""
        for subnet in resource.properties["SubnetIds"]:
            self._make(resource, subnet)

    def _make(self, resource: Resource, subnet: str) -> None:
        wanted: dict[str, Any] = {name: resource.properties[name] for name in ("FileSystemId", "SecurityGroups")}
        self.write_unless("create_mount_target", ("MountTargetConflict",), **wanted, SubnetId=subnet)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Add and remove, and mend security groups."""
        wanted = sorted(resource.properties["SecurityGroups"])
        add, remove = additions(state["SubnetIds"], resource.properties["SubnetIds"])
        for subnet in add:
            self._make(resource, subnet)
        for subnet in remove:
            self.write_unless("delete_mount_target", GONE, MountTargetId=state["targets"][subnet])
        if "SecurityGroups" in changes:
            for number in (number for number, groups in state["groups"].items() if groups != wanted):
                parameters = {"MountTargetId": number, "SecurityGroups": wanted}
                self.write_unless("modify_mount_target_security_groups", GONE, **parameters)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete them and wait until their interfaces have left subnets and security groups."""
        for number in state["targets"].values():
            self.write_unless("delete_mount_target", GONE, MountTargetId=number)
        system = resource.properties["FileSystemId"]

        def gone() -> bool:
            answer = self.read_or_none("describe_mount_targets", GONE, FileSystemId=system) or {}
            return not answer.get("MountTargets")

        self.cloud.wait_until(gone, f"waiting until {system} has no mount target", at_most=self.timeout, poll=self.poll)


ADAPTER = EfsMountTargets
