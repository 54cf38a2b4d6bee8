"""Record sets, listed once a zone and written by UPSERT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, only
from ..compare import Changes
from ..resource import Resource, State
from ._route53 import domain

FIELDS = ("Name", "Type", "SetIdentifier", "Weight", "TTL", "ResourceRecords", "AliasTarget", "HealthCheckId")
Index = dict[tuple[str, str, str | None], dict[str, Any]]


class Route53Record(Adapter):
    """A record set: either ``ResourceRecords`` with a ``TTL`` in seconds, or an ``AliasTarget``.

    With ``SetIdentifier`` it is one of several of its name and type, and takes the place of a plain one. A ``Weight``
    under ``initial`` is others' once the record is there.
    """

    service = "route53"
    create_operation = "ChangeResourceRecordSets"
    more_properties = FIELDS
    required = ("HostedZoneId", "Name", "Type")
    identity = ("HostedZoneId", "Name", "Type", "SetIdentifier")
    unordered = ("ResourceRecords",)
    taggable = False

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Index each zone's records and look the wanted ones up."""
        zones: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            zones[resource.properties["HostedZoneId"]].append(resource)
        found: dict[str, State] = {}
        for zone, wanted in zones.items():
            records = self._index(zone)
            for resource in wanted:
                record = records.get(_key(resource.properties))
                if record is not None:
                    found[resource.name] = _state(record, resource)
        return found

    def _index(self, zone: str) -> Index:
        records = self.cloud.cached(("route53_record", zone), lambda: self._listed(zone))
        return {_key(record): record for record in records}

    def _listed(self, zone: str) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone)
        except self.cloud.client("route53").exceptions.NoSuchHostedZone:
            return []  # the zone went and took its records along

    def create(self, resource: Resource) -> None:
        """Put the record, in one step with the end of a plain one that is in its way."""
        zone, wanted = resource.properties["HostedZoneId"], _record(resource)
        plain = self._index(zone).get((*_key(wanted)[:2], None)) if "SetIdentifier" in wanted else None
        self._change(zone, *([("DELETE", plain)] if plain else []), ("UPSERT", wanted))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the record as declared, whole, with the weight that others gave it."""
        del changes
        weight = only(state["Record"], ["Weight"])
        self._change(resource.properties["HostedZoneId"], ("UPSERT", {**weight, **_record(resource)}))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the record, which must be named exactly as it is."""
        self._change(resource.properties["HostedZoneId"], ("DELETE", state["Record"]))

    def _change(self, zone: str, *changes: tuple[str, dict[str, Any]]) -> None:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        self.write("change_resource_record_sets", HostedZoneId=zone, ChangeBatch=batch)


def _record(resource: Resource) -> dict[str, Any]:
    return only(resource.properties, FIELDS)


def _key(record: dict[str, Any]) -> tuple[str, str, str | None]:
    return domain(record["Name"]), record["Type"], record.get("SetIdentifier")


def _state(record: dict[str, Any], resource: Resource) -> State:
    """Return a record as declared names have it; names that mean the same are shown as they were declared."""
    state = {**record, "Name": resource.properties["Name"], "Record": record}
    state["HostedZoneId"] = resource.properties["HostedZoneId"]
    wanted = resource.properties.get("AliasTarget")
    alias = dict(record.get("AliasTarget") or {})
    if alias and isinstance(wanted, dict) and domain(str(wanted.get("DNSName"))) == domain(alias["DNSName"]):
        alias["DNSName"] = wanted["DNSName"]
    return {**state, "AliasTarget": alias or None}


ADAPTER = Route53Record
