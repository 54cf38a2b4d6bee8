"""What a drill found, a row an alarm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PEOPLE = "people"


@dataclass
class Row:
    """What became of an alarm.

    Attributes:
        cause: of it.
        alarm: its name without the environment's prefix.
        rang: virtual minutes after the cause began until it rang; ``None`` when it never did.
        silent: virtual minutes after the cause ended until it was silent; ``None`` when it never was.
        told: whom it told, or what was wrong with that.
    """

    cause: str
    alarm: str
    rang: float | None = None
    silent: float | None = None
    told: str = ""

    @property
    def well(self) -> bool:
        """Whether it did all that an alarm has to."""
        return self.rang is not None and self.silent is not None and not self.told.startswith("not")

    def cells(self) -> list[str]:
        """Return the row as text."""
        times = (f"{value:.0f} min" if value is not None else "never" for value in (self.rang, self.silent))
        return [self.cause, self.alarm, *times, self.told]


HEAD = ["cause", "alarm", "rings after", "silent after", "tells"]


def table(rows: Iterable[Row]) -> list[str]:
    """Return the rows in columns."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
