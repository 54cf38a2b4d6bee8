"""Public hosted zones, found by name and the environment's tags: several zones of one name may exist."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import ConvergeError, Resource, State
from ._route53 import domain, zone_id

BATCH = 10  # ChangeTagsForResource takes at most ten
OWNER_TAGS = ("project", "environment")


class Route53HostedZone(Adapter):
    """A public zone with its name servers.

    CreateHostedZone takes no tags. The caller reference carries whose zone it is, so that a zone whose creator was
    killed before tagging it is found and finished.
    """

    service = "route53"
    create_operation = "CreateHostedZone"
    more_properties = ("Comment",)
    required = ("Name",)
    identity = ("Name",)
    computed = ("Id", "NameServers")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List the zones once and read tags and name servers of those with a wanted name."""
        names = {domain(resource.properties["Name"]) for resource in resources}
        zones = [zone for zone in self._public_zones() if domain(zone["Name"]) in names]
        tags = self._tags([zone_id(zone["Id"]) for zone in zones])
        found: dict[str, State] = {}
        for resource in resources:
            own = [zone for zone in zones if _owned(zone, tags[zone_id(zone["Id"])], resource)]
            if len(own) > 1:
                ids = " and ".join(zone_id(zone["Id"]) for zone in own)
                raise ConvergeError(f"{resource}: zones {ids} both have this name and these tags; remove one of them")
            if own:
                found[resource.name] = self._state(own[0], tags[zone_id(own[0]["Id"])], resource)
        return found

    def _public_zones(self) -> list[dict[str, Any]]:
        zones = self.cloud.pages("route53", "list_hosted_zones", "HostedZones")
        return [zone for zone in zones if not zone.get("Config", {}).get("PrivateZone")]

    def _tags(self, ids: list[str]) -> dict[str, dict[str, str]]:
        def told(number: str) -> dict[str, str]:
            answer = self.cloud.read("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=number)
            return tag_dict(answer["ResourceTagSet"].get("Tags"))

        return dict(zip(ids, side_by_side(told, ids), strict=True))

    def _state(self, zone: dict[str, Any], tags: dict[str, str], resource: Resource) -> State:
        identifier = zone_id(zone["Id"])
        answer = self.cloud.read("route53", "get_hosted_zone", Id=identifier)
        return {
            "Id": identifier,
            "Name": resource.properties["Name"],  # the same name, perhaps written without its last dot
            "Comment": zone.get("Config", {}).get("Comment", ""),
            "NameServers": sorted(domain(name) for name in answer["DelegationSet"]["NameServers"]),
            "Tags": tags,
        }

    def create(self, resource: Resource) -> None:
        """Create the zone under a caller reference of its owner's; tags follow as an update."""
        self.write(
            "create_hosted_zone",
            Name=resource.properties["Name"],
            CallerReference=f"{_owner(resource.tags)}{uuid.uuid4()}",
            HostedZoneConfig={"Comment": resource.properties.get("Comment", ""), "PrivateZone": False},
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend comment and tags."""
        if "Comment" in changes:
            self.write("update_hosted_zone_comment", Id=state["Id"], Comment=resource.properties["Comment"])
        add, remove = tag_changes(changes)
        pairs, target = tag_list(add), {"ResourceType": "hostedzone", "ResourceId": state["Id"]}
        for start in range(0, len(pairs), BATCH):
            self.write("change_tags_for_resource", **target, AddTags=pairs[start : start + BATCH])
        for start in range(0, len(remove), BATCH):
            self.write("change_tags_for_resource", **target, RemoveTagKeys=remove[start : start + BATCH])

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a zone that holds records which this project did not make."""
        del resource
        records = self.cloud.pages(
            "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=state["Id"]
        )
        names = sorted({domain(item["Name"]) for item in records if item["Type"] not in {"NS", "SOA"}})
        return f"zone {state['Name']} still has records of others: {', '.join(names[:5])}" if names else None

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the zone."""
        del resource
        self.write_unless("delete_hosted_zone", ["NoSuchHostedZone"], Id=state["Id"])


def _owner(tags: dict[str, str]) -> str:
    return "/".join(tags.get(name, "") for name in OWNER_TAGS) + "/"


def _owned(zone: dict[str, Any], tags: dict[str, str], resource: Resource) -> bool:
    if domain(zone["Name"]) != domain(resource.properties["Name"]):
        return False
    tagged = all(tags.get(name) == resource.tags.get(name) for name in OWNER_TAGS)
    return tagged or bool(zone.get("CallerReference", "").startswith(_owner(resource.tags)))


ADAPTER = Route53HostedZone
