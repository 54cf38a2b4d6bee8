"""One cause after the other: it happens, its alarms ring and tell people, it ends, and all is silent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rehearsal.drill.causes import Cause
from rehearsal.drill.place import Place
from rehearsal.drill.rows import PEOPLE, Row

#: Real seconds in which alarms have to ring, or to fall silent; the longest window is an hour, which takes a minute.
WITHIN = 150.0
#: Real seconds in which a message has to arrive, and between two looks.
ARRIVES, BETWEEN = 10.0, 0.5
ALARM, OK = "ALARM", "OK"
#: Clients, and real seconds between two requests of each: enough for shares of them to count, and no strain on tasks.
USERS, THINKS = 3, 0.05


class Ear:
    """Keeps who told of what.

    Args:
        place: where it is.
        heard: returns the messages since it was last asked.
    """

    def __init__(self, place: Place, heard: Callable[[], list[dict[str, Any]]]) -> None:
        self._place, self._heard = place, heard
        self._told: list[dict[str, Any]] = []

    def forget(self) -> None:
        """Begin anew."""
        self._heard()
        self._told = []

    def told(self, state: str) -> set[str]:
        """Return the names of alarms that told of a state."""
        self._told += self._heard()
        names = (one["AlarmName"] for one in self._told if one["NewStateValue"] == state)
        return {name.removeprefix(f"{self._place.prefix}-") for name in names}

    def listen(self, pages: set[str], state: str) -> None:
        """Wait until all of them told of a state, or it is too late for that."""
        deadline = time.monotonic() + ARRIVES
        while not pages <= self.told(state) and time.monotonic() < deadline:
            time.sleep(BETWEEN)

    def verdict(self, page: str, cause: Cause) -> str:
        """Say whom a page told, or what is wrong: nobody, or others for the same cause."""
        if missing := [state for state in (ALARM, OK) if page not in self.told(state)]:
            return f"not of {' and '.join(missing)}"
        others = self.told(ALARM) - set(cause.pages)
        if strangers := others - set(cause.follow):
            return f"not alone, also by {', '.join(sorted(strangers))}"
        return f"{PEOPLE}, followed by {', '.join(sorted(others))}" if others else PEOPLE


def drill(place: Place, cause: Cause, ear: Ear) -> list[Row]:
    """Let a cause happen, and return what its alarms did; one that the environment has no alarms for does not."""
    cause = cause.at(place.drilled, place.colour).among(place.states())
    if not cause.alarms:
        return []
    pages = set(cause.pages)
    rows = [Row(cause.name, name) for name in (*cause.alarms, *cause.pages)]
    ear.forget()
    with place.changed(cause.changes), place.sending("/notes", clients=USERS, pause=THINKS):
        with cause.happens(place):
            _await(place, rows, rings=True)
            ear.listen(pages, ALARM)
        _await(place, rows, rings=False)
        ear.listen(pages, OK)
        _settle(place)
    for row in rows:
        row.told = ear.verdict(row.alarm, cause) if row.alarm in pages else f"by {', '.join(cause.pages)}"
    return rows


def _await(place: Place, rows: list[Row], *, rings: bool) -> None:
    """Note on each row when its alarm rings, or is silent; what takes too long stays without a time."""
    left, begun = list(rows), time.monotonic()
    while left and (passed := time.monotonic() - begun) < WITHIN:
        states = place.states()
        for row in [one for one in left if (states.get(one.alarm) == ALARM) == rings]:
            setattr(row, "rang" if rings else "silent", passed * place.scale / 60)
            left.remove(row)
        time.sleep(BETWEEN)


def _settle(place: Place) -> None:
    """Wait until no page rings, so that the next cause begins in silence."""
    deadline = time.monotonic() + WITHIN
    while ALARM in place.states("CompositeAlarm").values() and time.monotonic() < deadline:
        time.sleep(BETWEEN)
