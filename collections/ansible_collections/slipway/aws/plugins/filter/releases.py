"""Filters of playbooks that bring together what Git wants and what runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

VERSION = ("image_tag", "digest")


def recorded_releases(records: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return what runs as releases.yml has it.

    Args:
        records: of releases, by service.
    """
    return {
        name: {part: str(record[part]) for part in VERSION if record.get(part)}
        for name, record in sorted(records.items())
    }


def not_running(wanted: Mapping[str, Mapping[str, Any]], records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the services that run and of which Git wants another version, in the order of ``wanted``.

    Args:
        wanted: tag or digest by service; the digest decides when there is one.
        records: of releases, by service; one without was never released.
    """
    return [name for name, version in wanted.items() if name in records and not _is(version, records[name])]


def _is(wanted: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    part = "digest" if wanted.get("digest") else "image_tag"
    return str(wanted.get(part)) == str(record.get(part))


class FilterModule:
    """Names of the filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"recorded_releases": recorded_releases, "not_running": not_running}
