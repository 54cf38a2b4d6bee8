"""The record of a service: which version is stable and on which side; written when it was given everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..clock import timestamp
from ..cloud import Cloud
from ..records import read_items, stored
from ..resource import ConvergeError
from ..service_state import record_key
from .journal import SUCCEEDED, Entry, Journal
from .share import told_share
from .spec import Spec
from .status import REMEMBERED, history


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


def previous_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the version before the one of a record.

    Raises:
        ConvergeError: there was none.
    """
    found = record.get("previous")
    if not found:
        raise ConvergeError(f"{record['service']} runs the first version it had; there is nothing to go back to")
    return dict(found)


def own_release(past: Sequence[Entry], version: Mapping[str, Any]) -> Entry:
    """Return the latest release that brought a version, ways back aside; empty for one that none of them brought.

    Args:
        past: ended releases, the latest first.
        version: by its revision; by its digest where it was registered again in another account.
    """
    brought = [entry for entry in past if entry["status"] == SUCCEEDED and not entry.get("returns")]
    for name in ("revision", "digest"):
        found = next((entry for entry in brought if entry["to"][name] == version[name]), None)
        if found:
            return found
    return {}


def before(past: Sequence[Entry], entry: Entry) -> dict[str, Any]:
    """Return the version that is the one before after a release; after a way back never the one that it left."""
    if not entry.get("returns"):
        return dict(entry["from"])
    found = own_release(past, entry["to"])
    while found and found["from"]["revision"] == entry["from"]["revision"]:
        past = [one for one in past if one["number"] < found["number"]]
        found = own_release(past, found["from"])
    return dict(found["from"]) if found else {}


def put_record(cloud: Cloud, table: str, spec: Spec, entry: dict[str, Any], stable: str) -> None:
    """Write the record of a release; once written it stays the same, however often a run writes it."""
    past = history(Journal(cloud, table, spec.service), REMEMBERED) if entry.get("returns") else []
    (there,) = read_items(cloud, table, [record_key(spec.service)]) or [{}]
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
        "observed": told_share(entry["looks"]),
        "previous": before(past, entry),
        # A migration that contracts has raised it before its release began.
        "floor": max(int(entry["floor"]), int(there.get("floor", 0))),
    }
    cloud.write("dynamodb", "put_item", TableName=table, Item=stored(item)["M"])
