"""CloudTrail: the trail that records the calls of all regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import only, tag_changes, tag_dict, tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._new_roles import once_seen
from ._singleton import Singleton

#: What CloudTrail says when it cannot write yet by a role that was made a moment ago.
UNSEEN = ("InvalidCloudWatchLogsRoleArnException", "InvalidCloudWatchLogsLogGroupArnException")
MISSING = ("TrailNotFoundException",)
#: How a trail shows what it was created with under another name.
SHOWN = {"LogFileValidationEnabled": "EnableLogFileValidation"}


class CloudtrailTrail(Singleton):
    """A trail of all regions; the first is free. ``Logging`` says whether it records.

    Another trail of all regions, of this account or its organisation, is adopted. ``LogGroupName`` is the group of this
    account that the trail writes into; where an adopted one has none, the declared one, in which nothing arrives.
    """

    service = "cloudtrail"
    create_operation = "CreateTrail"
    more_properties = ("Logging",)
    required = ("Name", "S3BucketName")
    identity = ("Name",)
    computed = ("TrailARN", "LogGroupName")

    def look(self, resource: Resource) -> State | None:
        """Read our trail, or another one of all regions that records."""
        trails = self.cloud.pages("cloudtrail", "describe_trails", "trailList", includeShadowTrails=True)
        named = [one for one in trails if one["Name"] == resource.properties["Name"]]
        for trail in [*named, *(one for one in trails if one.get("IsMultiRegionTrail"))]:
            logging = self.cloud.read("cloudtrail", "get_trail_status", Name=trail["TrailARN"])["IsLogging"]
            if logging or trail in named:
                named_group = self._group(trail) or self._group(resource.properties)
                return {**self._state(trail), "Logging": logging, "LogGroupName": named_group}
        return None

    def _group(self, trail: Mapping[str, Any]) -> str:
        """Return the log group that a trail writes into, empty when there is none in this account."""
        parts = str(trail.get("CloudWatchLogsLogGroupArn", "")).split(":")
        return parts[6] if parts[4:5] == [self.cloud.identity()["account"]] else ""

    def _state(self, trail: Mapping[str, Any]) -> State:
        tags = self.cloud.read("cloudtrail", "list_tags", ResourceIdList=[trail["TrailARN"]])["ResourceTagList"]
        shown = {SHOWN.get(name, name): value for name, value in trail.items()}
        listed = tags[0].get("TagsList", []) if tags else []
        return {**shown, "Tags": tag_dict(listed)}

    def ours(self, resource: Resource, state: State) -> bool:
        """Tell it by its name."""
        return bool(state["Name"] == resource.properties["Name"])

    def create(self, resource: Resource) -> None:
        """Create with tags; that it records follows as an update."""
        self._put("create_trail", resource, TagsList=tag_list(resource.tags))

    def _put(self, operation: str, resource: Resource, **more: Any) -> None:
        wanted = {**without(resource.properties, ["Logging"]), **more}
        what = f"{resource} waits for its role to be known"
        once_seen(self.cloud, UNSEEN, lambda: self.write(operation, **wanted), what, word="Access denied")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set what differs, start or stop, and mend the tags."""
        arn = state["TrailARN"]
        if without(changes, ["Logging", "Tags"]):
            self._put("update_trail", resource)
        if "Logging" in changes:
            self.write("start_logging" if changes["Logging"].after else "stop_logging", Name=arn)
        add, remove = tag_changes(changes)
        if add:
            self.write("add_tags", ResourceId=arn, TagsList=tag_list(add))
        if remove:
            self.write("remove_tags", ResourceId=arn, TagsList=tag_list(only(changes["Tags"].before, remove)))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the trail; what it wrote stays in its bucket."""
        del resource
        self.write_unless("delete_trail", MISSING, Name=state["Name"])


ADAPTER = CloudtrailTrail
