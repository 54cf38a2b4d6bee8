"""What ECR has found in the image of a release: read, waited for, and judged by threshold and waivers.

Takes the findings of basic scans, by ECR, and of enhanced ones, by Inspector:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..image_copy import Repository
from ..resource import ConvergeError
from .finding import Finding
from .spec import NONE, REFUSE, Spec

#: From harmless to worst; ECR's UNDEFINED and Inspector's UNTRIAGED are below all of them.
SEVERITIES = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
#: States of a scan that has told what it found, and of one that will; ours, where there is none.
DONE, GOING, MISSING = ("COMPLETE", "ACTIVE"), ("IN_PROGRESS", "PENDING"), "no scan"
#: Seconds between two looks at a scan.
POLL = 10
#: Findings that a message names.
NAMED = 5


@dataclass(frozen=True)
class Vulnerability:
    """One finding.

    Attributes:
        name: e.g. ``CVE-2022-37434``.
        severity: as ECR or Inspector says.
        package: name and version; empty where nothing is said.
    """

    name: str
    severity: str
    package: str = ""

    @property
    def text(self) -> str:
        """The finding in few words."""
        return f"{self.name} {self.severity}{f' in {self.package}' if self.package else ''}"

    def reaches(self, threshold: str) -> bool:
        """Say whether it is as bad as a threshold, or worse."""
        return self.severity in SEVERITIES[SEVERITIES.index(threshold) :]


@dataclass(frozen=True)
class Scan:
    """The scan of one manifest.

    Attributes:
        digest: of the manifest.
        status: as AWS names it, or ``MISSING``.
        description: what AWS says of the status.
        found: the findings that are not suppressed or closed.
    """

    digest: str
    status: str
    description: str = ""
    found: list[Vulnerability] = field(default_factory=list)


def wait_for_scans(cloud: Cloud, spec: Spec) -> None:
    """Wait as long as is set until scans that go on have ended, and until ones that must be there are."""
    pending = (*GOING, MISSING) if spec.scan_missing == REFUSE else GOING

    def over() -> bool:
        return not any(scan.status in pending for scan in read_scans(cloud, spec) or [])

    if spec.scan_minutes and spec.scan_threshold != NONE:
        # What is not over then is told with everything else that is in the way.
        with contextlib.suppress(ConvergeError):
            cloud.wait_until(over, f"ECR's scan of {_image(spec)}", at_most=round(60 * spec.scan_minutes), poll=POLL)


def find_vulnerabilities(cloud: Cloud, spec: Spec) -> list[Finding]:
    """Return what ECR's scan of the image has to say about a release."""
    if spec.scan_threshold == NONE:
        return [Finding("release_scan_threshold is none: whatever ECR finds in the image, it is released")]
    scans = read_scans(cloud, spec)
    if scans is None:
        return [Finding(f"image {_image(spec)} is not in the registry yet")]
    return [*_unscanned(spec, scans), *_judged(spec, scans, cloud.time())]


def read_scans(cloud: Cloud, spec: Spec) -> list[Scan] | None:
    """Return the scans of the image of a release, or nothing where the image is not there.

    ECR scans no index of images, only what it lists; attestations, of no operating system, are no images.
    """
    digest = spec.digest or spec.wanted_digest
    wanted = {"imageDigest": digest} if digest else {"imageTag": spec.image_tag}
    image = Repository(cloud, spec.repository).found(wanted)
    if image is None:
        return None
    listed = json.loads(image["imageManifest"]).get("manifests", [])
    inside = [one["digest"] for one in listed if one.get("platform", {}).get("os") != "unknown"]
    return [_read_scan(cloud, spec.repository, one) for one in inside or [image["imageId"]["imageDigest"]]]


def _read_scan(cloud: Cloud, repository: str, digest: str) -> Scan:
    try:
        pages = list(_pages(cloud, {"repositoryName": repository, "imageId": {"imageDigest": digest}}))
    except ClientError as error:
        if error_code(error) != "ScanNotFoundException":
            raise
        return Scan(digest, MISSING)
    status = pages[0].get("imageScanStatus", {})
    found = [one for page in pages for one in _found(page.get("imageScanFindings", {}))]
    return Scan(digest, status.get("status", MISSING), status.get("description", ""), found)


def _pages(cloud: Cloud, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answers, of which each has the findings of a page and all have the status."""
    token: dict[str, str] = {}
    while True:
        answer = cloud.read("ecr", "describe_image_scan_findings", **asked, **token)
        yield answer
        if not answer.get("nextToken"):
            return
        token = {"nextToken": answer["nextToken"]}


def _found(findings: Mapping[str, Any]) -> Iterator[Vulnerability]:
    for one in findings.get("findings", []):
        told = {item["key"]: item.get("value", "") for item in one.get("attributes", [])}
        package = f"{told.get('package_name', '')} {told.get('package_version', '')}"
        yield Vulnerability(one["name"], one["severity"], package.strip())
    for one in findings.get("enhancedFindings", []):
        if one.get("status", "ACTIVE") == "ACTIVE":
            details = one.get("packageVulnerabilityDetails", {})
            packages = [f"{item['name']} {item.get('version', '')}" for item in details.get("vulnerablePackages", [])]
            name = details.get("vulnerabilityId") or one.get("title", one["findingArn"])
            yield Vulnerability(name, one["severity"], ", ".join(packages[:2]).strip())


def _unscanned(spec: Spec, scans: list[Scan]) -> Iterator[Finding]:
    """Yield a finding for each manifest of which nobody knows what is in it."""
    for scan in scans:
        if scan.status not in DONE:
            told = f"{scan.status}: {scan.description}" if scan.description else scan.status
            text = f"ECR's scan of {_image(spec)} ({scan.digest[:19]}) has no result ({told}); {_way(spec, scan)}"
            yield Finding(text, stops=spec.scan_missing == REFUSE)


def _way(spec: Spec, scan: Scan) -> str:
    if scan.status in GOING:
        return (
            f"a release waits for it for release_scan_minutes, {spec.scan_minutes:g};"
            " begin again later, or let it wait longer"
        )
    start = f"aws ecr start-image-scan --repository-name {spec.repository} --image-id imageDigest={scan.digest}"
    how = f"begin one with {start}" if scan.status == MISSING else "build the image so that ECR can scan it"
    return f"{how}, or release without one by release_scan_missing: allow"


def _judged(spec: Spec, scans: list[Scan], moment: float) -> Iterator[Finding]:
    """Yield what the findings at or above the threshold mean: waived ones are told, others stop the release."""
    threshold = spec.scan_threshold
    over = {one.name: one for scan in scans for one in scan.found if one.reaches(threshold)}
    today = datetime.fromtimestamp(moment, UTC).date().isoformat()
    waivers = {one["finding"]: one for one in spec.waivers if str(one["until"]) >= today}
    for name in sorted(over.keys() & waivers.keys()):
        one = waivers[name]
        yield Finding(f"{over[name].text} is waived until {one['until']} by {one['by']}: {one['reason']}")
    rest = sorted(
        (one for name, one in over.items() if name not in waivers),
        key=lambda one: (-SEVERITIES.index(one.severity), one.name),
    )
    if rest:
        more = f" and {len(rest) - NAMED} more" if len(rest) > NAMED else ""
        named = ", ".join(one.text for one in rest[:NAMED])
        yield Finding(
            f"ECR's scan of {_image(spec)} has found {named}{more}, and release_scan_threshold is {threshold};"
            " release a version without them, or waive them for a while in release_waivers, waivers.yml",
            stops=True,
        )


def _image(spec: Spec) -> str:
    digest = spec.digest or spec.wanted_digest
    return f"{spec.repository}{f':{spec.image_tag}' if spec.image_tag else f'@{digest[:19]}'}"
