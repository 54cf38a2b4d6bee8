"""GuardDuty: one detector an account and region, what it watches by itself, and its tags, which moto cannot change."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation

#: What a new detector watches unless it is told not to.
#: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
BY_ITSELF = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")


@before("guardduty", "CreateDetector")
def refuse_a_second(call: Call) -> None:
    """Refuse another detector beside the one there is."""
    if call.backend().detectors:
        text = "The request is rejected because a detector already exists for the current account."
        raise Refused("BadRequestException", text)


@after("guardduty", "CreateDetector")
def watch_by_itself(call: Call, response: dict[str, Any]) -> None:
    """Switch on what the call does not name."""
    detector = call.backend().detectors[response["DetectorId"]]
    detector.features = _merged([{"name": name, "status": "ENABLED"} for name in BY_ITSELF], detector.features)


@before("guardduty", "UpdateDetector")
def remember_features(call: Call) -> None:
    """Keep what is watched for after the call, since moto forgets what it does not name."""
    detector = call.backend().detectors.get(call.params["DetectorId"])
    call.world.kept("guardduty.features")[call.params["DetectorId"]] = detector.features if detector else []


@after("guardduty", "UpdateDetector")
def keep_features(call: Call, response: dict[str, Any]) -> None:
    """Leave what the call does not name as it was."""
    del response
    detector = call.backend().detectors[call.params["DetectorId"]]
    earlier = call.world.kept("guardduty.features").pop(call.params["DetectorId"])
    detector.features = _merged(earlier, detector.features)


@after("guardduty", "GetDetector")
def show_sources(call: Call, response: dict[str, Any]) -> None:
    """Show the sources that no call switches off, and those that features are called by too."""
    del call
    states = {one["Name"]: {"Status": one["Status"]} for one in response["Features"]}
    off = {"Status": "DISABLED"}
    always = {name: {"Status": "ENABLED"} for name in ("CloudTrail", "DNSLogs", "FlowLogs")}
    response["DataSources"] = {
        **always,
        "S3Logs": states.get("S3_DATA_EVENTS", off),
        "Kubernetes": {"AuditLogs": states.get("EKS_AUDIT_LOGS", off)},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": states.get("EBS_MALWARE_PROTECTION", off)}},
    }


def _merged(features: list[dict[str, Any]], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["name"]: one for one in [*features, *changes]}.values())


@operation("guardduty", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tag the detector."""
    _tags(call).update(call.params["Tags"])
    return {}


@operation("guardduty", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Take tags off the detector."""
    for key in call.params["TagKeys"]:
        _tags(call).pop(key, None)
    return {}


def _tags(call: Call) -> dict[str, str]:
    detector = call.backend().detectors.get(call.params["ResourceArn"].rpartition("/")[2])
    if detector is None:
        raise Refused("BadRequestException", "The request is rejected because the detector does not exist.")
    tags: dict[str, str] = detector.tags
    return tags
