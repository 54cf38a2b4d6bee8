"""ECR's scans: a push or StartImageScan begins one, it takes a while, and finds what the catalogue says.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, operation
from rehearsal.tasks.hooks_enhanced_scans import enhanced_finding, is_enhanced, is_index
from rehearsal.tasks.images import findings_of

#: Seconds that a scan takes, and in which an image is scanned once.
TAKES, DAY = 30, 86_400
#: Findings on a page, unless another number is asked for.
PAGE = 100


@after("ecr", "PutImage")
def scan_on_push(call: Call, answer: dict[str, Any]) -> None:
    """Begin a scan of what was pushed, where the repository or Inspector says so; an index of images is not scanned."""
    image = _image(call, answer["image"]["imageId"])
    on_push = call.backend().repositories[call.params["repositoryName"]].image_scanning_configuration["scanOnPush"]
    if (on_push or is_enhanced(call)) and image.last_scan is None and not is_index(image):
        image.last_scan = call.world.clock.now()


@operation("ecr", "StartImageScan")
def start(call: Call) -> dict[str, Any]:
    """Begin a scan of an image that was not scanned for a day; enhanced ones begin by themselves only."""
    image, now = _image(call, call.params["imageId"]), call.world.clock.now()
    if is_enhanced(call):
        raise Refused("ValidationException", "This feature is disabled")
    if is_index(image):
        kind = json.loads(image.image_manifest)["mediaType"]
        raise Refused(
            "UnsupportedImageTypeException",
            f"An artifact with media type '{kind}' cannot be scanned. For more information, see the Amazon ECR"
            " documentation.",
        )
    if image.last_scan is not None and now < image.last_scan + DAY:
        raise Refused("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.")
    image.last_scan = now
    return {**_shown(call, image), "imageScanStatus": {"status": "IN_PROGRESS"}}


@operation("ecr", "DescribeImageScanFindings")
def describe(call: Call) -> dict[str, Any]:
    """Return the state of a scan and, when it is complete, a page of what it has found."""
    asked = call.params["imageId"]
    image = _image(call, asked)
    if image.last_scan is None:
        told = f"{{imageDigest:'{asked.get('imageDigest', 'null')}', imageTag:'{asked.get('imageTag', 'null')}'}}"
        raise Refused(
            "ScanNotFoundException",
            f"Image scan does not exist for the image with '{told}' in the repository with name"
            f" '{call.params['repositoryName']}' in the registry with id '{call.account}'",
        )
    if call.world.clock.now() < image.last_scan + TAKES:
        return {**_shown(call, image), "imageScanStatus": {"status": "IN_PROGRESS"}}
    status = {"status": "COMPLETE", "description": "The scan was completed successfully."}
    if is_enhanced(call):
        status = {"status": "ACTIVE", "description": "Continuous scan is selected for image."}
    return {**_shown(call, image), "imageScanStatus": status, **_page(call, image)}


def _page(call: Call, image: Any) -> dict[str, Any]:
    known, ended = findings_of(image.get_image_digest()), image.last_scan + TAKES
    every = [enhanced_finding(call, one) if is_enhanced(call) else _finding(one) for one in known]
    first, size = int(call.params.get("nextToken", 0)), int(call.params.get("maxResults", PAGE))
    told = {
        "imageScanCompletedAt": ended,
        "vulnerabilitySourceUpdatedAt": ended,
        "enhancedFindings" if is_enhanced(call) else "findings": every[first : first + size],
        "findingSeverityCounts": dict(Counter(one["severity"] for one in every)),
    }
    more = {"nextToken": str(first + size)} if first + size < len(every) else {}
    return {"imageScanFindings": told, **more}


def _finding(one: Mapping[str, str]) -> dict[str, Any]:
    told = [{"key": key, "value": one[key]} for key in ("package_name", "package_version")]
    where = f"https://nvd.nist.gov/vuln/detail/{one['name']}"
    return {"name": one["name"], "severity": one["severity"], "uri": where, "attributes": told}


def _image(call: Call, asked: Mapping[str, str]) -> Any:
    repository = call.backend()._get_repository(call.params["repositoryName"], call.account)  # noqa: SLF001  moto's own
    return repository._get_image(asked.get("imageTag"), asked.get("imageDigest"))  # noqa: SLF001  as above


def _shown(call: Call, image: Any) -> dict[str, Any]:
    image_id = {**call.params["imageId"], "imageDigest": image.get_image_digest()}
    return {"registryId": call.account, "repositoryName": call.params["repositoryName"], "imageId": image_id}
