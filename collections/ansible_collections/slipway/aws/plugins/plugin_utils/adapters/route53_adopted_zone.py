"""A hosted zone that someone else owns: read for others to refer to, never changed."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._route53 import domain, zone_id


class Route53AdoptedZone(Adapter):
    """An existing zone by its id. Give ``Name`` to have it checked."""

    service = "route53"
    create_operation = "GetHostedZone"
    more_properties = ("Name",)
    required = ("Id",)
    identity = ("Id",)
    immutable = ("Name",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the zone; one that is to be removed is only let go of."""
        if resource.absent:
            return None
        answer = self.read_or_none("get_hosted_zone", ["NoSuchHostedZone"], Id=resource.properties["Id"])
        if answer is None:
            raise ConvergeError(f"zone {resource.properties['Id']} does not exist in this account; correct its id")
        servers = answer.get("DelegationSet", {}).get("NameServers", [])
        return {
            "Id": zone_id(answer["HostedZone"]["Id"]),
            "Name": domain(answer["HostedZone"]["Name"]),
            "NameServers": sorted(domain(name) for name in servers),
        }

    def create(self, resource: Resource) -> None:
        """Refuse: a zone that is not there is an error already when it is looked for."""
        raise ConvergeError(f"{resource} cannot be created")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Refuse: its only comparable property is its name."""
        raise ConvergeError(f"{resource}: zone {state['Id']} is not ours to change: {sorted(changes)}")

    def delete(self, resource: Resource, state: State) -> None:
        """Refuse: a zone to be removed is never found."""
        raise ConvergeError(f"{resource}: zone {state['Id']} is not ours to remove")


ADAPTER = Route53AdoptedZone
