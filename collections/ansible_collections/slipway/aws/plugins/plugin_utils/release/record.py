"""The record of a service: which version is stable and on which side; written when it was given everything."""

from __future__ import annotations

from typing import Any

from ..clock import timestamp
from ..cloud import Cloud
from ..records import read_items, stored
from ..resource import ConvergeError
from ..service_state import record_key
from .spec import Spec


def read_record(cloud: Cloud, table: str, service: str) -> dict[str, Any]:
    """Return the record of a service.

    Raises:
        ConvergeError: it was never released.
    """
    found = read_items(cloud, table, [record_key(service)])
    if not found:
        raise ConvergeError(
            f"{service} was never released; its first release is site.yml's: push its image and run site.yml"
        )
    return found[0]


def previous(cloud: Cloud, table: str, service: str) -> dict[str, str]:
    """Return the version that was stable before the present one.

    Raises:
        ConvergeError: there was none.
    """
    found = read_record(cloud, table, service).get("previous")
    if not found:
        raise ConvergeError(f"{service} has had one release only; there is nothing to go back to")
    return dict(found)


def put_record(cloud: Cloud, table: str, spec: Spec, entry: dict[str, Any], stable: str) -> None:
    """Write the record of a release; once written it stays the same, however often a run writes it."""
    item = {
        **record_key(spec.service),
        "service": spec.service,
        "engine": spec.engine,
        "stable": stable,
        "number": entry["number"],
        "image_tag": spec.image_tag,
        "digest": spec.digest,
        "revision": spec.revision,
        "released": timestamp(entry["begun"]),
        "previous": entry["from"],
        "floor": entry["floor"],
    }
    cloud.write("dynamodb", "put_item", TableName=table, Item=stored(item)["M"])
