"""ECR's scans in the local cloud: begun by a push or by a call, they take a while; an index of images has none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tasks.hooks_scans import DAY, TAKES
from tests.unit.rehearsal.tasks.conftest import REGION, Cloud

INDEX = "application/vnd.oci.image.index.v1+json"
ERRORS = {"CVE-2022-37434": "CRITICAL", "CVE-2022-3602": "HIGH", "CVE-2023-0464": "MEDIUM"}


@pytest.fixture
def later(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what sets the clock of the cloud forward by some seconds."""
    ahead, now = [0.0], cloud.world.clock.now
    monkeypatch.setattr(cloud.world.clock, "now", lambda: now() + ahead[0])
    return lambda seconds: ahead.__setitem__(0, ahead[0] + seconds)


def pushed(cloud: Cloud, name: str, *, scanned: bool, tag: str = "1.2.0-vulnerable") -> dict[str, Any]:
    """Return a new repository and the image in it, as parameters of a call."""
    cloud.ecr.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": scanned})
    cloud.mover.order_push(f"web:{tag}", name, REGION)
    return {"repositoryName": name, "imageId": {"imageTag": tag}}


def test_a_push_begins_a_scan_which_ends_with_what_the_catalogue_says(cloud: Cloud, later: Any) -> None:
    image = pushed(cloud, "scans/pushed", scanned=True)
    going = cloud.ecr.describe_image_scan_findings(**image)
    assert going["imageScanStatus"]["status"] == "IN_PROGRESS"
    assert "imageScanFindings" not in going
    later(TAKES)
    ended = cloud.ecr.describe_image_scan_findings(**image)
    assert ended["imageScanStatus"]["status"] == "COMPLETE"
    found = ended["imageScanFindings"]
    assert {one["name"]: one["severity"] for one in found["findings"]} == ERRORS
    assert found["findingSeverityCounts"] == {"CRITICAL": 1, "HIGH": 1, "MEDIUM": 1}
    assert found["findings"][0]["attributes"][0] == {"key": "package_name", "value": "zlib"}


def test_findings_come_in_pages(cloud: Cloud, later: Any) -> None:
    image = pushed(cloud, "scans/pages", scanned=True)
    later(TAKES)
    first = cloud.ecr.describe_image_scan_findings(**image, maxResults=2)
    rest = cloud.ecr.describe_image_scan_findings(**image, maxResults=2, nextToken=first["nextToken"])
    names = [one["name"] for page in (first, rest) for one in page["imageScanFindings"]["findings"]]
    assert names == list(ERRORS)
    assert "nextToken" not in rest


def test_without_scan_on_push_one_is_begun_by_a_call_once_a_day(cloud: Cloud, later: Any) -> None:
    image = pushed(cloud, "scans/asked", scanned=False, tag="1.0.0")
    with pytest.raises(ClientError, match="ScanNotFoundException"):
        cloud.ecr.describe_image_scan_findings(**image)
    assert cloud.ecr.start_image_scan(**image)["imageScanStatus"]["status"] == "IN_PROGRESS"
    with pytest.raises(ClientError, match="LimitExceededException"):
        cloud.ecr.start_image_scan(**image)
    later(DAY)
    assert cloud.ecr.describe_image_scan_findings(**image)["imageScanFindings"]["findings"] == []
    assert cloud.ecr.start_image_scan(**image)["imageScanStatus"]["status"] == "IN_PROGRESS"


def test_an_index_of_images_is_not_scanned(cloud: Cloud) -> None:
    inside = pushed(cloud, "scans/index", scanned=True)
    listed = [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + "1" * 64, "size": 1}]
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed})
    cloud.ecr.put_image(repositoryName="scans/index", imageManifest=index, imageTag="all", imageManifestMediaType=INDEX)
    image = {**inside, "imageId": {"imageTag": "all"}}
    with pytest.raises(ClientError, match="ScanNotFoundException"):
        cloud.ecr.describe_image_scan_findings(**image)
    with pytest.raises(ClientError, match="UnsupportedImageTypeException"):
        cloud.ecr.start_image_scan(**image)


def test_an_image_that_is_not_there_has_no_scan(cloud: Cloud) -> None:
    for name, code in (("shop/web", "ImageNotFoundException"), ("shop/none", "RepositoryNotFoundException")):
        with pytest.raises(ClientError, match=code):
            cloud.ecr.describe_image_scan_findings(repositoryName=name, imageId={"imageTag": "9.9.9"})


@pytest.fixture
def inspected(cloud: Cloud) -> Iterator[Any]:
    """Return what has Inspector scan the registry, until the end."""
    inspector = cloud.inspector2
    yield lambda: inspector.enable(accountIds=[cloud.world.account], resourceTypes=["ECR"])
    inspector.disable(accountIds=[cloud.world.account], resourceTypes=["ECR"])


def test_inspector_scans_what_is_there_and_what_comes_and_nobody_else_begins(
    cloud: Cloud, later: Any, inspected: Any
) -> None:
    there = pushed(cloud, "scans/there", scanned=False)
    inspected()
    came = pushed(cloud, "scans/came", scanned=False)
    registry = cloud.ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert registry["scanType"] == "ENHANCED"
    later(TAKES)
    for image in (there, came):
        told = cloud.ecr.describe_image_scan_findings(**image)
        assert told["imageScanStatus"]["status"] == "ACTIVE"
        found = told["imageScanFindings"]["enhancedFindings"]
        names = {one["packageVulnerabilityDetails"]["vulnerabilityId"]: one["severity"] for one in found}
        assert names == ERRORS
        with pytest.raises(ClientError, match="This feature is disabled"):
            cloud.ecr.start_image_scan(**image)
