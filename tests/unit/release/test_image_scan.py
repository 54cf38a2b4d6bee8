"""What ECR's scan of an image means for a release: read in both formats, waited for, judged, waived for a while."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.release.finding import Finding
from ansible_collections.slipway.aws.plugins.plugin_utils.release.image_scan import find_vulnerabilities, wait_for_scans
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Spec
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import a_spec

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC).timestamp()
COMPLETE = {"imageScanStatus": {"status": "COMPLETE"}}
Answer = dict[str, Any]


def basic(*severities: str) -> Answer:
    """Return an answer with findings of a basic scan, of these severities."""
    packages = [{"key": "package_version", "value": "1.2"}, {"key": "package_name", "value": "zlib"}]
    found = [
        {"name": f"CVE-2026-{number}", "severity": severity, "attributes": packages}
        for number, severity in enumerate(severities, 1)
    ]
    return {**COMPLETE, "imageScanFindings": {"findings": found}}


def enhanced(severity: str, status: str = "ACTIVE") -> Answer:
    """Return an answer with a finding of Inspector."""
    packages = [{"name": "openssl", "version": "3.0.6"}, {"name": "libssl3", "version": "3.0.6"}]
    details = {"vulnerabilityId": "CVE-2022-3602", "vulnerablePackages": packages}
    one = {"findingArn": "arn:f", "severity": severity, "status": status, "packageVulnerabilityDetails": details}
    return {"imageScanStatus": {"status": "ACTIVE"}, "imageScanFindings": {"enhancedFindings": [one]}}


class Registry:
    """A registry in which a scan answers what it is told, one after the other; the last answer stays."""

    def __init__(self, *answers: Answer | str, manifest: Answer | None = None) -> None:
        self.answers, self.manifest = list(answers), manifest or {"layers": []}
        self.asked: list[Answer] = []
        self.waited = 0

    def read(self, service: str, operation: str, **parameters: Any) -> Answer:
        assert service == "ecr"
        self.asked.append({"operation": operation, **parameters})
        if operation == "batch_get_image":
            image = {"imageManifest": json.dumps(self.manifest), "imageId": {"imageDigest": "sha256:own"}}
            return {"images": [image] if self.answers else [], "failures": []}
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer}}, operation)
        return answer

    def time(self) -> float:
        return NOW

    def wait_until(self, done: Callable[[], bool], what: str, *, at_most: int, poll: int) -> None:
        while not done():
            if self.waited >= at_most:
                raise ConvergeError(f"{what}: not done after {self.waited} s")
            self.waited += poll

    def digests(self) -> list[str]:
        """Return of which manifests the scan was asked for."""
        return [one["imageId"]["imageDigest"] for one in self.asked if "imageId" in one]


def spec(**other: Any) -> Spec:
    usual = {"repository": "shop/web", "scan_threshold": "HIGH", "scan_minutes": "1", **other}
    return a_spec(**usual)


def found(registry: Registry, **other: Any) -> list[Finding]:
    return find_vulnerabilities(cast("Cloud", registry), spec(**other))


def waiver(until: Any) -> list[dict[str, Any]]:
    return [{"finding": "CVE-2026-1", "until": until, "reason": "not reachable", "by": "anna"}]


@pytest.mark.parametrize(
    ("threshold", "severity", "stopped"),
    [
        ("HIGH", "CRITICAL", True),
        ("HIGH", "HIGH", True),
        ("HIGH", "MEDIUM", False),
        ("CRITICAL", "HIGH", False),
        ("INFORMATIONAL", "LOW", True),
        ("INFORMATIONAL", "UNDEFINED", False),
    ],
)
def test_what_reaches_the_threshold_stops_a_release(threshold: str, severity: str, stopped: bool) -> None:
    told = found(Registry(basic(severity)), scan_threshold=threshold)
    assert [one.stops for one in told] == [True] * stopped


def test_the_message_names_image_findings_and_what_to_do() -> None:
    (told,) = found(Registry(basic("HIGH", "LOW", "CRITICAL")))
    for part in (
        "shop/web:1.2.0 has found CVE-2026-3 CRITICAL in zlib 1.2, CVE-2026-1 HIGH in zlib 1.2, and",
        "release_scan_threshold is HIGH",
        "waive them for a while in release_waivers",
    ):
        assert part in told.text, told.text


def test_a_long_list_is_cut() -> None:
    (told,) = found(Registry(basic(*["HIGH"] * 7)))
    assert "and 2 more" in told.text


@pytest.mark.parametrize(("status", "stopped"), [("ACTIVE", True), ("SUPPRESSED", False), ("CLOSED", False)])
def test_findings_of_inspector_count_while_they_are_active(status: str, stopped: bool) -> None:
    told = found(Registry(enhanced("HIGH", status)))
    assert ["CVE-2022-3602 HIGH in openssl 3.0.6, libssl3 3.0.6" in one.text for one in told] == [True] * stopped


def test_every_page_is_read() -> None:
    registry = Registry({**basic("LOW"), "nextToken": "2"}, basic("LOW", "CRITICAL"))
    assert "CVE-2026-2 CRITICAL" in found(registry)[0].text
    assert registry.asked[-1]["nextToken"] == "2"


@pytest.mark.parametrize("until", ["2026-06-15", datetime(2026, 6, 15, tzinfo=UTC).date(), "2027-01-01"])
def test_a_waiver_lets_its_finding_through_and_is_told(until: Any) -> None:
    (told,) = found(Registry(basic("CRITICAL")), waivers=waiver(until))
    assert not told.stops
    assert f"CVE-2026-1 CRITICAL in zlib 1.2 is waived until {until} by anna: not reachable" in told.text


def test_a_waiver_that_has_ended_and_one_of_another_finding_do_not_count() -> None:
    assert found(Registry(basic("CRITICAL")), waivers=waiver("2026-06-14"))[0].stops
    assert [one.stops for one in found(Registry(basic("HIGH", "HIGH")), waivers=waiver("2027-01-01"))] == [False, True]


def test_of_an_index_the_images_in_it_are_looked_at_and_no_attestations() -> None:
    systems = {"sha256:amd": "linux", "sha256:arm": "linux", "sha256:attestation": "unknown"}
    listed = [{"digest": digest, "platform": {"os": system}} for digest, system in systems.items()]
    registry = Registry(basic("LOW"), basic("HIGH"), manifest={"manifests": listed})
    assert [one.stops for one in found(registry)] == [True]
    assert registry.digests() == ["sha256:amd", "sha256:arm"]


def test_the_image_is_that_of_the_revision_or_the_one_asked_for() -> None:
    for given, wanted in (
        ({"digest": "sha256:b"}, {"imageDigest": "sha256:b"}),
        ({"digest": ""}, {"imageTag": "1.2.0"}),
        ({"digest": "", "image_tag": "", "wanted_digest": "sha256:w"}, {"imageDigest": "sha256:w"}),
    ):
        registry = Registry(basic())
        assert found(registry, **given) == []
        assert registry.asked[0]["imageIds"] == [wanted]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("ScanNotFoundException", "(no scan); begin one with aws ecr start-image-scan --repository-name shop/web"),
        ({"imageScanStatus": {"status": "UNSUPPORTED_IMAGE"}}, "(UNSUPPORTED_IMAGE); build the image so that"),
        ({"imageScanStatus": {"status": "FAILED", "description": "no system"}}, "(FAILED: no system); build"),
        ({"imageScanStatus": {"status": "IN_PROGRESS"}}, "(IN_PROGRESS); a release waits for it for"),
    ],
)
def test_an_image_without_a_result_is_refused_unless_that_is_allowed(answer: Answer | str, text: str) -> None:
    (told,) = found(Registry(answer))
    assert told.stops
    assert text in told.text
    (told,) = found(Registry(answer), scan_missing="allow")
    assert not told.stops


def test_other_errors_are_not_taken_for_no_scan() -> None:
    with pytest.raises(ClientError):
        found(Registry("AccessDeniedException"))


def test_nothing_is_asked_without_a_threshold_and_the_plan_says_so() -> None:
    registry = Registry(basic("CRITICAL"))
    assert ["release_scan_threshold is none" in one.text for one in found(registry, scan_threshold="none")] == [True]
    assert registry.asked == []


def test_an_image_that_is_not_there_is_told() -> None:
    (told,) = found(Registry())
    assert not told.stops
    assert "shop/web:1.2.0 is not in the registry yet" in told.text


GOING = {"imageScanStatus": {"status": "IN_PROGRESS"}}


@pytest.mark.parametrize(
    ("answers", "other", "waited"),
    [
        ([GOING, GOING, basic()], {}, 20),
        (["ScanNotFoundException", {"imageScanStatus": {"status": "PENDING"}}, enhanced("LOW")], {}, 20),
        (["ScanNotFoundException"], {}, 60),
        (["ScanNotFoundException"], {"scan_missing": "allow"}, 0),
        ([{"imageScanStatus": {"status": "FAILED"}}], {}, 0),
        ([GOING], {}, 60),
        ([GOING], {"scan_minutes": 0}, 0),
        ([GOING], {"scan_threshold": "none"}, 0),
    ],
)
def test_a_scan_is_waited_for_and_not_for_ever(answers: list[Any], other: dict[str, Any], waited: int) -> None:
    registry = Registry(*answers)
    wait_for_scans(cast("Cloud", registry), spec(**other))
    assert registry.waited == waited
