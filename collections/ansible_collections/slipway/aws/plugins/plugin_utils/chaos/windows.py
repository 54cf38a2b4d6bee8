"""When an environment may be disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from ..resource import ConvergeError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def check_window(windows: Sequence[Mapping[str, Any]], begin: float, end: float) -> None:
    """See that what begins and ends at these times lies inside of one window.

    Args:
        windows: each with ``days`` (mon to sun), ``from`` and ``to`` (HH:MM, UTC, of one day); none at all is always.
        begin: seconds since 1970.
        end: the same.

    Raises:
        ConvergeError: it does not, or a window is none.
    """
    inside = [_holds(window, begin) and _holds(window, end) and end - begin < 24 * 3600 for window in windows]
    if windows and not any(inside):
        told = "; ".join(f"{', '.join(window['days'])} {window['from']}-{window['to']}" for window in windows)
        raise ConvergeError(
            f"experiments would last from {_text(begin)} to {_text(end)} UTC, which is in no window of chaos_windows"
            f" ({told}); run it in one of them"
        )


def _holds(window: Mapping[str, Any], moment: float) -> bool:
    unknown = set(window["days"]) - set(DAYS)
    if unknown:
        raise ConvergeError(f"chaos_windows has the days {sorted(unknown)}; allowed are {', '.join(DAYS)}")
    at = datetime.fromtimestamp(moment, UTC)
    return DAYS[at.weekday()] in window["days"] and _time(window["from"]) <= at.time() <= _time(window["to"])


def _time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError:
        raise ConvergeError(f"chaos_windows has the time {text!r}; write it as HH:MM, in UTC") from None


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%a %H:%M")
