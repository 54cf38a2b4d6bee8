"""What a drill makes of what it heard: people are told once, by whom they should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.drill import drilling
from rehearsal.drill.causes import CAUSES, Cause
from rehearsal.drill.drilling import Ear, drill
from rehearsal.drill.rows import Row, markdown, table

GOOD = [("database", "ALARM"), ("database", "OK")]


def ear(*told: tuple[str, str]) -> Ear:
    messages = [{"AlarmName": f"slipway-dev-{name}", "NewStateValue": state} for name, state in told]
    place: Any = SimpleNamespace(prefix="slipway-dev")
    return Ear(place, lambda: [messages.pop(0) for _ in list(messages)])


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (GOOD, "people"),
        (GOOD[:1], "not of OK"),
        ([], "not of ALARM and OK"),
        ([*GOOD, ("web", "ALARM")], "not alone, also by web"),
        ([*GOOD, ("web", "OK")], "people"),
    ],
)
def test_who_told_people(told: list[tuple[str, str]], verdict: str) -> None:
    assert ear(*told).verdict("database", {"database"}) == verdict


@pytest.mark.parametrize(
    ("row", "well"),
    [
        (Row("c", "a", 1.0, 2.0, "people"), True),
        (Row("c", "a", None, 2.0, "people"), False),
        (Row("c", "a", 1.0, None, "people"), False),
        (Row("c", "a", 1.0, 2.0, "not of OK"), False),
    ],
)
def test_what_is_well(row: Row, well: bool) -> None:
    assert row.well is well


def test_a_table_and_a_page_have_the_same_rows() -> None:
    rows = [Row("slow", "web", 3.2, None, "people")]
    assert table(rows)[1].split() == ["slow", "web", "3", "min", "never", "people"]
    page = markdown(rows, ["network-nat-a-ports"], "27 November 2026")
    assert page[2] == "| slow | web | 3 min | never | people |"
    assert page[-1].endswith("no such metric: network-nat-a-ports.")


class Place:
    """An environment in which alarms ring while their cause goes on, and tell people of what they are told to."""

    colour, scale, prefix = "blue", 60.0, "slipway-dev"

    def __init__(self, *told: tuple[str, str]) -> None:
        self.ringing, self.told = False, list(told)
        self.sending = lambda _path, clients: nullcontext(clients)

    @contextmanager
    def happens(self, _place: Any) -> Iterator[None]:
        self.ringing = True
        yield
        self.ringing = False

    def states(self) -> dict[str, str]:
        return dict.fromkeys(("database", "database-silent"), "ALARM" if self.ringing else "OK")

    def heard(self) -> list[dict[str, Any]]:
        state = "ALARM" if self.ringing else "OK"
        return [{"AlarmName": f"{self.prefix}-{name}", "NewStateValue": one} for name, one in self.told if one == state]


@pytest.mark.parametrize(("told", "page"), [(GOOD, "people"), (GOOD[1:], "not of ALARM")])
def test_a_drill_sees_alarms_ring_tell_and_fall_silent(
    told: list[tuple[str, str]], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drilling, "BETWEEN", 0.001)
    monkeypatch.setattr(drilling, "ARRIVES", 0.01)
    place: Any = Place(*told)
    rows = drill(place, Cause("down", "", ("database-silent",), ("database",), place.happens), Ear(place, place.heard))
    assert [(row.alarm, row.told) for row in rows] == [("database-silent", "by database"), ("database", page)]
    assert all(row.rang is not None and row.silent is not None for row in rows)


def test_every_cause_names_pages_and_no_two_have_a_name() -> None:
    assert len({one.name for one in CAUSES}) == len(CAUSES)
    assert all(one.alarms and one.pages for one in CAUSES)
