"""Releases of several services that stay or go back together; the journal of each names all of them.

``together`` in a journal's entry lists them in the order in which they are released, each with its release's number::

    [{"service": "api", "number": 12}, {"service": "web", "number": 7}]

so that a run that comes after a killed one knows which of them belong to it, those that have ended too.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from .journal import SUCCEEDED, Entry

Part = dict[str, Any]
#: The running or last release of each service.
Last = Mapping[str, Entry]


def together(entries: Last) -> list[Part]:
    """Return the parts of a release of several services, in their order; none when it is of one."""
    parts = [{"service": name, "number": entry["number"]} for name, entry in entries.items()]
    return parts if len(parts) > 1 else []


def parts_of(entry: Entry) -> list[Part]:
    """Return all parts of the release that an entry is one of, or the only one."""
    return entry.get("together") or [{"service": entry["service"], "number": entry["number"]}]


def outside(entry: Entry, services: Container[str]) -> list[str]:
    """Return the services that are released together with an entry and are not among ``services``."""
    return [part["service"] for part in parts_of(entry) if part["service"] not in services]


def ahead(last: Last) -> list[str]:
    """Return the services that have succeeded while another part of their release has not, the latest first."""
    found = [name for name, entry in last.items() if entry.get("status") == SUCCEEDED and _is_ahead(entry, last)]
    return sorted(found, key=lambda name: _place(last[name]), reverse=True)


def _place(entry: Entry) -> int:
    return [part["service"] for part in parts_of(entry)].index(entry["service"])


def _is_ahead(entry: Entry, last: Last) -> bool:
    """Say whether another part has not begun, goes on or went back; what was released since then is no part."""
    others = ((part["number"], last[part["service"]]) for part in parts_of(entry) if part["service"] in last)
    return any(
        not begun(number, other) or (other.get("together") == entry.get("together") and other["status"] != SUCCEEDED)
        for number, other in others
    )


def begun(number: int, last: Entry) -> bool:
    """Say whether a release by its number has begun, by the last one of its service."""
    return int(last.get("number", 0)) >= number
