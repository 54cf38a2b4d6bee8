"""Images of the versions that may be wanted: what serves, and what can be gone back to."""

from __future__ import annotations

from typing import Any

from ..promotion import Place, Version, take_over
from ..records import read_items
from ..release.clean import KEPT
from ..release.journal import SUCCEEDED, Journal
from ..release.status import history
from ..resource import ConvergeError
from ..service_state import record_key


def copy_images(source: Place, target: Place, services: list[str], *, check: bool) -> tuple[list[str], list[str]]:
    """Copy images that the target's registry lacks; return those copied, and those that nobody has any more, by name.

    Raises:
        ConvergeError: nobody has the image of a version that serves.
    """
    copied: list[str] = []
    expired: list[str] = []
    records = read_items(source.cloud, source.table, [record_key(name) for name in services])
    for record in sorted(records, key=lambda one: str(one["service"])):
        service = str(record["service"])
        for version in _versions(source, record):
            told = f"{service} {version['image_tag'] or version['digest']}"
            if all(one.repository(service).image(version["digest"]) is None for one in (source, target)):
                expired.append(told)
                _refuse_serving(record, version, told)
            elif take_over(source, target, {service: version}, check=check):
                copied.append(told)
    return copied, expired


def _refuse_serving(record: dict[str, Any], version: Version, told: str) -> None:
    if version["digest"] == record["digest"]:
        raise ConvergeError(
            f"{told} serves, but its image {version['digest']} has expired; release another version first"
        )


def _versions(source: Place, record: dict[str, Any]) -> list[Version]:
    """Return what serves, then what it took the place of, then good releases that can be gone back to, each once."""
    ended = history(Journal(source.cloud, source.table, str(record["service"])), KEPT)
    floor = int(record.get("floor", 0))
    good = [entry["to"] for entry in ended if entry["status"] == SUCCEEDED and int(entry["number"]) >= floor]
    found = [record, *([record["previous"]] if record.get("previous") else []), *good]
    versions = {str(one["digest"]): {"digest": str(one["digest"]), "image_tag": str(one["image_tag"])} for one in found}
    return [version for digest, version in versions.items() if digest]
