"""Whether a control of the cluster, its services and images holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._described import Description, Holds

KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"}


def _address(service: Description) -> Any:
    return service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"]


CONTAINERS: Mapping[str, Holds] = {
    "ECS.2": lambda one: _address(one) == "DISABLED",
    "ECS.3": lambda one: one.get("pidMode") != "host",
    "ECS.4": lambda one: not one.get("privileged"),
    "ECS.5": lambda one: one.get("readonlyRootFilesystem") is True,
    "ECS.8": lambda one: not KEYS & {entry["name"] for entry in one.get("environment", [])},
    "ECS.9": lambda one: bool(one.get("logConfiguration")),
    "ECS.10": lambda one: one.get("platformVersion") in ("LATEST", "1.4.0"),
    "ECS.12": lambda one: (
        {s["value"] for s in one["settings"] if s["name"] == "containerInsights"} & {"enabled", "enhanced"} != set()
    ),
    "ECS.13": lambda one: bool(one.get("tags")),
    "ECS.14": lambda one: bool(one.get("tags")),
    "ECS.15": lambda one: bool(one["Tags"]),
    "ECS.16": lambda one: _address(one) != "ENABLED",
    "ECS.17": lambda one: one.get("networkMode") != "host",
    "ECS.18": lambda one: all(
        volume["efsVolumeConfiguration"].get("transitEncryption") == "ENABLED"
        for volume in one.get("volumes", [])
        if "efsVolumeConfiguration" in volume
    ),
    "ECS.20": lambda one: str(one.get("user", "")).split(":")[0] not in ("", "0", "root"),
    "image.digest": lambda one: "@sha256:" in one["image"],
    "ECR.1": lambda one: bool(one["imageScanningConfiguration"]["scanOnPush"]),
    "ECR.2": lambda one: str(one["imageTagMutability"]).startswith("IMMUTABLE"),
    "ECR.3": lambda one: bool(one["Lifecycle"]),
    "ECR.5": lambda one: one["encryptionConfiguration"]["encryptionType"] == "KMS",
}
