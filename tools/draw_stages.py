"""Draw docs/stages.svg: what a run of site.yml does one after the other, and in each row what goes on side by side.

Read from site.yml, the playbooks it imports and the inventory of prod.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tools.drawing import Box, Drawing
from tools.files import ROOT, load

ENVIRONMENT = "prod"
#: A pattern that stands for nothing without an inventory.
_GIVEN = re.compile(r"\{\{ groups \| slipway\.aws\.given_hosts\('([^']+)'\) \}\}")
#: One of a play that runs without --limit only.
_UNLIMITED = re.compile(r"\{\{ \[\] if ansible_limit is defined else \['([^']+)'\] \}\}")
WIDTH, MARGIN = 1000.0, 16.0
ROW, BOX, GAP, HEAD, ABREAST = 58.0, 28.0, 8.0, 50.0, 7


class Play(NamedTuple):
    """One play of a run.

    Attributes:
        name: as it is written.
        hosts: those it runs on, in the order of the inventory.
        each: whether every host has work of its own; else one task works for all.
    """

    name: str
    hosts: list[str]
    each: bool


def groups() -> dict[str, list[str]]:
    """Return the hosts of every group."""
    found: dict[str, list[str]] = {}

    def members(name: str, group: dict[str, Any] | None) -> list[str]:
        own = list((group or {}).get("hosts") or {})
        for child, inner in ((group or {}).get("children") or {}).items():
            own += members(child, inner)
        found[name] = own
        return own

    for name, group in load(ROOT / "inventories" / ENVIRONMENT / "hosts.yml").items():
        members(name, group)
    return found


def hosts_of(pattern: str, known: dict[str, list[str]]) -> list[str]:
    """Return the hosts of a pattern such as ``foundation:!state``."""
    chosen: list[str] = []
    for part in pattern.split(":"):
        named = known.get(part.removeprefix("!"), [part.removeprefix("!")])
        chosen = [host for host in chosen if host not in named] if part.startswith("!") else [*chosen, *named]
    return chosen


def plays(playbook: Path, variables: dict[str, Any], known: dict[str, list[str]]) -> Iterator[Play]:
    """Yield the plays of a playbook and of those it imports, in order."""
    for entry in load(playbook):
        imported = entry.get("ansible.builtin.import_playbook")
        if imported:
            inner = plays(playbook.parent / imported, {**variables, **entry.get("vars", {})}, known)
            # The play of a stage has one name for all stages; the one who imports it says which it is.
            yield from (one._replace(name=entry["name"]) if imported == "stage.yml" else one for one in inner)
        else:
            pattern = variables["stage"] if "{{ stage" in entry["hosts"] else _without_jinja(entry["hosts"])
            # A role that works for the whole play tells so by run_once; a stage runs a role a host.
            own = entry["hosts"] in known["platform"] and "roles" in entry
            each = own or entry.get("strategy") == "ansible.builtin.free"
            yield Play(entry["name"], hosts_of(pattern, known), each)


def _without_jinja(pattern: str) -> str:
    """Return what a pattern stands for in a run of everything.

    Raises:
        ValueError: that is not known here.
    """
    plain = _UNLIMITED.sub(r"\1", _GIVEN.sub(r"\1", pattern))
    if "{{" in plain:
        raise ValueError(f"hosts: {pattern} is a template that the picture does not know")
    return plain


def run() -> list[Play]:
    """Return the plays of site.yml."""
    return list(plays(ROOT / "site.yml", {}, groups()))


def drawn() -> Drawing:
    """Return the picture."""
    rows, known = run(), groups()
    picture = Drawing(
        WIDTH,
        HEAD + ROW * len(rows) + GAP,
        "The stages of site.yml",
        "From top to bottom what runs one after the other, from left to right what runs side by side: "
        + "; ".join(f"{play.name}: {', '.join(play.hosts)}" for play in rows),
        "tools/draw_stages.py, the playbooks or the inventory",
    )
    picture.label(MARGIN, 32, "site.yml: one row after the other, the boxes of a row side by side", "h")
    for number, play in enumerate(rows):
        y = HEAD + ROW * number
        picture.label(MARGIN + 22, y + 12, f"{number + 1}. {play.name}")
        for box in _boxes(play, y + 18, services=known["services"]):
            picture.box(box)
    picture.arrow((MARGIN + 6, HEAD + 4), (MARGIN + 6, HEAD + ROW * len(rows) - 10))
    return picture


def _boxes(play: Play, y: float, services: list[str]) -> Iterator[Box]:
    left = MARGIN + 22
    room = WIDTH - MARGIN - left
    if not play.each:
        yield Box(left, y, room, BOX, code=f"one task for {_whom(play, services)}", kind="ours")
        return
    width = (room - GAP * (ABREAST - 1)) / ABREAST
    for number, host in enumerate(play.hosts):
        yield Box(left + (width + GAP) * number, y, width, BOX, code=host)


def _whom(play: Play, services: list[str]) -> str:
    if play.hosts == services:
        return f"all services, {', '.join(services)} here"
    return "the whole environment, not under --limit" if len(play.hosts) == 1 else "every component and service"


def stages() -> str:
    """Return the picture as SVG."""
    return drawn().svg()
