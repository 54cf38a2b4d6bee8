"""Filters of the role certificate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters._acm import validation_key

TTL = 300


def validation_records(domains: list[str], zone_id: str, zone_name: str) -> list[dict[str, Any]]:
    """Return the resources that prove to ACM that we own ``domains``.

    Args:
        domains: names and wildcards on the certificate ``acm_certificate.main``; a wildcard shares its parent's record.
        zone_id: where the records go, or a reference to it.
        zone_name: name of that zone.

    Raises:
        AnsibleFilterError: a domain is not inside the zone, so no record there could prove it.
    """
    outside = [name for name in domains if name != zone_name and not name.endswith(f".{zone_name}")]
    if outside or not domains:
        raise AnsibleFilterError(
            f"validation_records: certificate_domains is {domains!r}; allowed are one or more names in the zone"
            f" {zone_name!r}. For others, set certificate_arn to a certificate that you have validated yourself"
        )
    return [_record(key, zone_id) for key in dict.fromkeys(map(validation_key, domains))]


def _record(key: str, zone_id: str) -> dict[str, Any]:
    proof = f"acm_certificate.main.Validation.{key}"
    properties = {
        "HostedZoneId": zone_id,
        "Name": f"${{{proof}.Name}}",
        "Type": "CNAME",
        "TTL": TTL,
        "ResourceRecords": [{"Value": f"${{{proof}.Value}}"}],
    }
    return {"type": "route53_record", "name": f"validation_{key}", "properties": properties}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"validation_records": validation_records}
