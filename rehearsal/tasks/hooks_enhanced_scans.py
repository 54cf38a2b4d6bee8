"""Where Inspector scans what is in ECR, the scans of the registry are enhanced ones, which go on and nobody begins.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, after

EVERY = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]


@after("inspector2", "Enable")
def enhance(call: Call, response: dict[str, Any]) -> None:
    """Scan every repository from now on, and what is in them."""
    del response
    if "ECR" not in call.params["resourceTypes"]:
        return
    registry = call.backend("ecr")
    registry.put_registry_scanning_configuration("ENHANCED", EVERY)
    for image in [one for repository in registry.repositories.values() for one in repository.images]:
        if image.last_scan is None and not is_index(image):
            image.last_scan = call.world.clock.now()


@after("inspector2", "Disable")
def leave_to_ecr(call: Call, response: dict[str, Any]) -> None:
    """Leave the scans to ECR itself again."""
    del response
    if "ECR" in call.params.get("resourceTypes", ["ECR"]):
        call.backend("ecr").put_registry_scanning_configuration("BASIC", [])


def is_enhanced(call: Call) -> bool:
    """Say whether Inspector scans what is in the registry."""
    kind: str = call.backend("ecr").registry_scanning_configuration["scanType"]
    return kind == "ENHANCED"


def is_index(image: Any) -> bool:
    """Say whether it lists images and is none itself."""
    return "manifests" in json.loads(image.image_manifest)


def enhanced_finding(call: Call, one: Mapping[str, str]) -> dict[str, Any]:
    """Return a finding as Inspector tells it."""
    package = {"name": one["package_name"], "version": one["package_version"]}
    return {
        "awsAccountId": call.account,
        "findingArn": f"arn:aws:inspector2:{call.region}:{call.account}:finding/{one['name']}",
        "packageVulnerabilityDetails": {"vulnerabilityId": one["name"], "vulnerablePackages": [package]},
        "severity": one["severity"],
        "status": "ACTIVE",
        "title": f"{one['name']} - {one['package_name']}",
        "type": "PACKAGE_VULNERABILITY",
    }
