"""Names that environments share by weighted records, one record each: whoever asks is sent to one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .adapters._route53 import domain
from .cloud import Cloud
from .resource import ConvergeError

ALL, NONE = 100, 0
#: Virtual seconds that Route 53 may take until all of its servers know, and between two looks.
KNOWN_WITHIN, POLL = 300, 5
Record = dict[str, Any]


class SharedNames:
    """The weighted records of a zone.

    Args:
        cloud: the account.
        zone: id of the hosted zone.
    """

    def __init__(self, cloud: Cloud, zone: str) -> None:
        self.cloud = cloud
        self.zone = zone

    def changes(self, names: Sequence[str], environment: str) -> list[Record]:
        """Return the records that have to change so that all are sent to an environment, as they have to be.

        Args:
            names: which the environments share.
            environment: whose load balancer is to get all.

        Raises:
            ConvergeError: the environment has no record of one of the names.
        """
        found = self.cloud.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=self.zone)
        return [record for name in names for record in self._changed(name, found, environment)]

    def _changed(self, name: str, found: Sequence[Record], environment: str) -> Iterator[Record]:
        shared = [one for one in found if domain(one["Name"]) == domain(name) and "Weight" in one]
        owners = [one["SetIdentifier"] for one in shared]
        if environment not in owners:
            raise ConvergeError(
                f"{name} has no weighted record of {environment} in zone {self.zone}, which has those of"
                f" {', '.join(owners) or 'nobody'}; run site.yml --limit services for {environment}"
            )
        for one in shared:
            weight = ALL if one["SetIdentifier"] == environment else NONE
            if one["Weight"] != weight:
                yield {**one, "Weight": weight}

    def write(self, records: Sequence[Record]) -> None:
        """Put records in one change, all or none, and wait until every server of Route 53 has them."""
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": one} for one in records]}
        made = self.cloud.write("route53", "change_resource_record_sets", HostedZoneId=self.zone, ChangeBatch=batch)
        change = made["ChangeInfo"]["Id"]

        def known() -> bool:
            return bool(self.cloud.read("route53", "get_change", Id=change)["ChangeInfo"]["Status"] == "INSYNC")

        self.cloud.wait_until(known, "waiting for Route 53", at_most=KNOWN_WITHIN, poll=POLL)
