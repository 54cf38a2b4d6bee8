"""GuardDuty: one detector an account and region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..adapter import only, without
from ..compare import Changes
from ..resource import Resource, State
from ._singleton import Singleton

MISSING = ("BadRequestException",)
MORE = "AdditionalConfiguration"


class GuarddutyDetector(Singleton):
    """The detector. ``Features`` that are not declared are left alone: AWS adds some by itself."""

    service = "guardduty"
    create_operation = "CreateDetector"
    required = ("Enable",)
    computed = ("DetectorId", "Arn")

    def look(self, resource: Resource) -> State | None:
        """Read the detector."""
        numbers = self.cloud.pages("guardduty", "list_detectors", "DetectorIds")
        answer = self.read_or_none("get_detector", MISSING, DetectorId=numbers[0]) if numbers else None
        if answer is None:
            return None
        who = self.cloud.identity()
        return {
            "DetectorId": numbers[0],
            "Arn": f"arn:{who['partition']}:guardduty:{who['region']}:{who['account']}:detector/{numbers[0]}",
            "Enable": answer["Status"] == "ENABLED",
            "FindingPublishingFrequency": answer.get("FindingPublishingFrequency"),
            "Features": _features(resource.properties.get("Features", []), answer.get("Features", [])),
            "Tags": dict(answer.get("Tags", {})),
        }

    def create(self, resource: Resource) -> None:
        """Create with tags and features."""
        self.write("create_detector", **resource.properties, Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set what differs, then mend the tags."""
        if without(changes, ["Tags"]):
            self.write("update_detector", DetectorId=state["DetectorId"], **resource.properties)
        self.mend_tags(state["Arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the detector with its findings."""
        del resource
        self.write_unless("delete_detector", MISSING, DetectorId=state["DetectorId"])


def _features(wanted: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the wanted features as they are, in the order in which they are wanted."""
    by_name = {one["Name"]: one for one in found}
    return [_feature(one, by_name[one["Name"]]) for one in wanted if one["Name"] in by_name]


def _feature(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    state = only(found, ["Name", "Status"])
    return state | {MORE: _features(wanted[MORE], found.get(MORE) or [])} if MORE in wanted else state


ADAPTER = GuarddutyDetector
