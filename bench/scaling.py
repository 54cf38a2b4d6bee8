"""Replay loads against Slipway's scaling policies, AWS's default target tracking and one who knows what will come.

    python bench/scaling.py [--quick] [--write] [--tune] [--seed slipway]

Half of the loads were for choosing the defaults of `plugin_utils/scaling/intent.py` (``--tune`` prints what else was
tried); the table is of the other half. ``--write`` puts it into docs/scaling.md, from where `make docs` draws its
picture. Exits with 1 when a promise is broken: no more minutes of overload than target tracking, at least 15 % fewer
task hours over all loads, and no kind of load worse in either.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "collections")]

from bench.loads import KINDS, Load, loads  # noqa: E402  the path is set above
from bench.scalers import ByCpu, ByRequests, Perfect, Scaler, Seen, Tracking  # noqa: E402  as above
from tools.files import between  # noqa: E402  as above

PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- Written by bench/scaling.py --write -->", "<!-- end -->"
#: Tasks of a service; minutes until metrics arrive, and until a task that is ordered takes requests.
LEAST, MOST, DELAY, SPIN_UP = 2, 400, 1, 2
PROMISED_SAVING = 15.0
TRACKING, PERFECT = "target tracking", "perfect predictor"
SLIPWAY, BY_CPU = "Slipway", "Slipway, CPU only"
SCALERS: dict[str, Callable[[Load], Scaler]] = {
    SLIPWAY: lambda _: ByRequests(LEAST, MOST),
    BY_CPU: lambda _: ByCpu(LEAST, MOST),
    TRACKING: lambda _: Tracking(LEAST, MOST),
    PERFECT: lambda load: Perfect(load.minutes, SPIN_UP, LEAST, MOST),
}


class Ran(NamedTuple):
    """What became of a load, or of several.

    Attributes:
        overload: minutes in which more came than the tasks carried; hours: of tasks; actions: changes of their number.
    """

    overload: int
    hours: float
    actions: int


def replay(load: Load, scaler: Scaler) -> Ran:
    """Replay one load; it begins with as many tasks as target tracking would have."""
    first = load.minutes[0]
    desired = ready = max(LEAST, ceil(first.requests / 60 / first.carries / 0.7))
    orders: list[tuple[int, int]] = []  # minute from which, and number of tasks
    seen: list[Seen] = []
    overload = actions = tasks = 0
    for number, minute in enumerate(load.minutes):
        ready += sum(count for at, count in orders if at == number)
        orders = [order for order in orders if order[0] > number]
        use = minute.requests / 60 / minute.carries / ready
        overload += use > 1
        tasks += max(ready, desired)
        seen.append(Seen(minute.requests, ready, min(100.0, 100 * use), minute.memory))
        wanted = scaler.decide(number, seen[: len(seen) - DELAY], desired)
        actions += wanted != desired
        if wanted > desired:
            orders.append((number + 1 + SPIN_UP, wanted - desired))
        elif wanted < desired:
            ready, orders = wanted, []
        desired = wanted
    return Ran(overload, tasks / 60, actions)


def total(ran: Iterable[Ran]) -> Ran:
    """Return the sum of several."""
    all_of_them = list(ran)
    return Ran(
        sum(one.overload for one in all_of_them),
        sum(one.hours for one in all_of_them),
        sum(one.actions for one in all_of_them),
    )


def compare(chosen: Sequence[Load], scalers: Iterable[str] = SCALERS) -> dict[str, dict[str, Ran]]:
    """Return by kind of load, and for all, what became of it under each scaler."""
    found = {
        kind: {
            name: total(replay(load, SCALERS[name](load)) for load in chosen if load.name == kind) for name in scalers
        }
        for kind in KINDS
    }
    found["all"] = {name: total(of[name] for of in list(found.values())) for name in scalers}
    return found


def table(found: dict[str, dict[str, Ran]]) -> list[str]:
    """Return a Markdown table: minutes of overload, task hours and actions."""
    names = list(found["all"])
    lines = [f"| load | {' | '.join(names)} |", f"|{' --- |' * (len(names) + 1)}"]
    for kind, of in found.items():
        cells = (f"{one.overload} min, {one.hours:.0f} h, {one.actions} actions" for one in of.values())
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return lines


def saving(of: dict[str, Ran], name: str = SLIPWAY) -> float:
    """Return how many per cent fewer task hours than target tracking's."""
    return 100 * (1 - of[name].hours / of[TRACKING].hours)


def broken(found: dict[str, dict[str, Ran]]) -> list[str]:
    """Return a sentence for each promise that is broken."""
    problems = []
    for kind, of in found.items():
        ours, theirs = of[SLIPWAY], of[TRACKING]
        if ours.overload > theirs.overload:
            problems.append(f"{kind}: {ours.overload} minutes of overload; target tracking has {theirs.overload}")
        least = PROMISED_SAVING if kind == "all" else 0.0
        if saving(of) < least:
            problems.append(f"{kind}: {saving(of):.1f} % fewer task hours; promised are {least:g} %")
    return problems


def tune(chosen: Sequence[Load]) -> list[str]:
    """Return a line for each setting that was tried: what becomes of the loads for tuning."""
    lines = []
    tried = itertools.product((10, 20, 30, 50), (1, 2, 3), (3, 5, 10))
    for headroom, out_minutes, in_minutes in tried:
        more: dict[str, Any] = {"headroom": headroom, "out_minutes": out_minutes, "in_minutes": in_minutes}
        ran = total(replay(load, ByRequests(LEAST, MOST, **more)) for load in chosen)
        lines.append(f"{more}: {ran.overload} min, {ran.hours:.0f} h, {ran.actions} actions")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one load of each kind, for tests")
    parser.add_argument("--tune", action="store_true", help="show what other settings do to the loads for tuning")
    parser.add_argument("--write", action="store_true", help="put the table into docs/scaling.md")
    parser.add_argument("--seed", default="slipway")
    options = parser.parse_args(arguments)
    count = 2 if options.quick else 12
    everything = loads(options.seed, count)
    half = len(everything) // 2
    if options.tune:
        print("\n".join([*tune(everything[:half]), *table(compare(everything[:half]))]))  # noqa: T201  a measurement prints
        return 0
    found = compare(everything[half:])
    told = f"Slipway takes {saving(found['all']):.0f} % fewer task hours than target tracking."
    lines = [*table(found), "", f"{count // 2} loads of each kind. {told}"]
    print("\n".join(lines))  # noqa: T201  as above
    if options.write:
        PAGE.write_text(between(PAGE, BEGIN, lines, END), encoding="utf-8")
    problems = broken(found)
    print("\n".join(problems), file=sys.stderr)  # noqa: T201  as above
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
