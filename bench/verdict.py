"""Try the verdict, and the judges of other tools on the same traffic, in simulated releases.

    python bench/verdict.py [--quick] [--write] [--seed slipway]

Prints false rollbacks of candidates that are as good as stable, and how soon bad ones are stopped at what cost.
``--write`` puts the tables into docs/verdict.md, from where `make docs` draws its picture. Exits with 1 when a promise
is broken: more than 5 % false rollbacks in any cell, beyond chance, or more than 3.5 minutes for 0.5 % -> 2 % at 20
requests/s.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "collections")]

from bench.judges import JUDGES  # noqa: E402  the path is set above
from bench.traces import Generator, Trace, Traffic  # noqa: E402  as above
from tools.files import between  # noqa: E402  as above

PAGE = ROOT / "docs" / "verdict.md"
BEGIN, END = "<!-- Written by bench/verdict.py --write -->", "<!-- end -->"
RATES = (1.0, 5.0, 20.0, 100.0, 500.0)
ERRORS = (0.0, 0.001, 0.005, 0.01, 0.05)
#: Greatest share of false rollbacks, and greatest median of minutes, that are promised.
PROMISED_FALSE, PROMISED_MINUTES = 0.05, 3.5
#: Standard deviations by which a cell of few releases may be above it by chance.
CHANCE = 2.5
#: What may happen to a candidate that is as good as stable.
HEALTHY = {
    "nothing": Traffic(1),
    "retry bursts, mean 3": Traffic(1, burst=3),
    "retry bursts, nothing known before": Traffic(1, burst=3, history=0),
    "incident on both, 10 % errors": Traffic(1, incident=0.1),
    "incident on both, with bursts": Traffic(1, incident=0.1, burst=3),
    "traffic doubles, with bursts": Traffic(1, doubling=True, burst=3),
    "slowness wavers, both together": Traffic(1, slow=0.05, wavering=0.3),
    "slowness wavers, each on its own": Traffic(1, slow=0.05, wavering=0.3, together=False),
    "steps of 30 minutes, with bursts": Traffic(1, minutes=30, burst=3),
    "samples of 10 seconds, with bursts": Traffic(1, sample=1 / 6, burst=3),
}
#: Candidates that have to go; six hours of stable are known before.
BAD = {
    "20/s, 0.5 % -> 2 %": Traffic(20, worse=4, history=360),
    "20/s, 0.5 % -> 2 %, samples of 10 s": Traffic(20, worse=4, history=360, sample=1 / 6),
    "20/s, 0.5 % -> 2 %, bursts": Traffic(20, worse=4, history=360, burst=3),
    "20/s, 0.5 % -> 10 %": Traffic(20, worse=20, history=360),
    "5/s, 0.5 % -> 5 %": Traffic(5, worse=10, history=360),
    "100/s, 0.5 % -> 1 %": Traffic(100, worse=2, history=360),
    "500/s, 0.1 % -> 0.2 %": Traffic(500, errors=0.001, worse=2, history=360),
    "20/s, 0 -> 2 %": Traffic(20, errors=1e-9, worse=2e7, history=360),
}
PROMISED = "20/s, 0.5 % -> 2 %"
#: Releases a cell of the first table, and a line of the second; fewer for tests.
FULL, QUICK = (300, 1000), (60, 200)


class Stop(NamedTuple):
    """How a release ended for one judge.

    Attributes:
        minutes: until the rollback, ``None`` without; failed: requests that failed on the candidate until then.
    """

    minutes: float | None
    failed: int


def watch(name: str, trace: Trace, kind: str, sample: float) -> Stop:
    """Let one judge watch one release."""
    judge, failed = JUDGES[name](trace.history, kind), 0
    for number, each in enumerate(trace.release, 1):
        failed += each.candidate.errors if each.candidate else 0
        if judge.rolls_back(each):
            return Stop(number * sample, failed)
    return Stop(None, failed)


def releases(traffic: Traffic, count: int, seed: str, judges: Iterable[str]) -> dict[str, list[Stop]]:
    """Return how simulated releases ended for each judge, all on the same samples."""
    generator, kind = Generator(traffic, seed), "slow" if traffic.wavering else "errors"
    stops: dict[str, list[Stop]] = {name: [] for name in judges}
    for _ in range(count):
        trace = generator.trace()
        for name, found in stops.items():
            found.append(watch(name, trace, kind, traffic.sample))
    return stops


def grid(traffic: Traffic, *, quick: bool) -> Iterator[Traffic]:
    """Yield a pattern at all rates and shares of errors."""
    for rate in RATES[1:4:2] if quick else RATES:
        for errors in ERRORS[2:] if quick else ERRORS:
            yield replace(traffic, rate=rate, errors=errors)


def false_rollbacks(pattern: Traffic, count: int, seed: str, *, quick: bool) -> dict[str, list[float]]:
    """Return the share of false rollbacks by judge, of each cell of the grid."""
    # The others look once a minute; finer samples are for a judge that may look at any number of times.
    judges = JUDGES if pattern.sample == 1 else ["Slipway"]
    cells: dict[str, list[float]] = {name: [] for name in judges}
    for traffic in grid(pattern, quick=quick):
        for name, stops in releases(traffic, count, f"{seed} {traffic}", judges).items():
            cells[name].append(fmean(stop.minutes is not None for stop in stops))
    return cells


def detection(traffic: Traffic, count: int, seed: str) -> dict[str, tuple[float, float, float]]:
    """Return by judge the share of bad candidates that is stopped, the median of minutes, the mean of failed requests.

    A release that is never stopped counts as one of infinite length in the median.
    """
    judges = JUDGES if traffic.sample == 1 else ["Slipway"]
    found = releases(traffic, count, f"{seed} {traffic}", judges)
    return {
        name: (
            fmean(stop.minutes is not None for stop in stops),
            median(float("inf") if stop.minutes is None else stop.minutes for stop in stops),
            fmean(stop.failed for stop in stops),
        )
        for name, stops in found.items()
    }


def bad_releases(name: str, *, quick: bool) -> int:
    """Return how many releases of a bad candidate are simulated.

    Never few of the promised one: 55 % of them are stopped within the minutes whose median is promised, so that of 200
    releases it would be less than half at every eleventh seed.
    """
    return (QUICK if quick and name != PROMISED else FULL)[1]


def row(*cells: str) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def false_table(found: dict[str, dict[str, list[float]]]) -> list[str]:
    """Return the table of false rollbacks: mean of the cells of the grid, and the worst."""
    lines = [row("false rollbacks, %", *JUDGES), row(*["---"] * (len(JUDGES) + 1))]
    for name, cells in found.items():
        texts = (
            f"{100 * fmean(of):.1f} ({100 * max(of):.1f})" if (of := cells.get(judge)) else "-" for judge in JUDGES
        )
        lines.append(row(name, *texts))
    return lines


def detection_table(found: dict[str, dict[str, tuple[float, float, float]]]) -> list[str]:
    """Return the table of bad candidates: median minutes, share that is stopped, failed requests."""
    lines = [row("bad candidates", *JUDGES), row(*["---"] * (len(JUDGES) + 1))]
    for name, cells in found.items():
        texts = (_detected(*of) if (of := cells.get(judge)) else "-" for judge in JUDGES)
        lines.append(row(name, *texts))
    return lines


def _detected(stopped: float, minutes: float, failed: float) -> str:
    time_text = "never" if minutes == float("inf") else f"{minutes:.1f} min"
    return f"{time_text}, {100 * stopped:.0f} %, {failed:.0f} failed"


def broken(
    false: dict[str, dict[str, list[float]]], found: dict[str, dict[str, tuple[float, float, float]]], count: int
) -> list[str]:
    """Return a sentence for each promise that is broken, by cells of so many releases."""
    problems = [
        f"{name}: {100 * worst:.1f} % false rollbacks; promised are at most {100 * PROMISED_FALSE:g} %"
        for name, cells in false.items()
        if (worst := max(cells["Slipway"])) > PROMISED_FALSE + CHANCE * sqrt(PROMISED_FALSE / count)
    ]
    minutes = found[PROMISED]["Slipway"][1]
    if minutes > PROMISED_MINUTES:
        problems.append(f"{PROMISED}: stopped after {minutes:g} minutes; promised are at most {PROMISED_MINUTES:g}")
    return problems


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few releases, for tests")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/verdict.md")
    parser.add_argument("--seed", default="slipway")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    healthy, bad = QUICK if options.quick else FULL
    false = {
        name: false_rollbacks(pattern, healthy, options.seed, quick=options.quick) for name, pattern in HEALTHY.items()
    }
    found = {
        name: detection(traffic, bad_releases(name, quick=options.quick), options.seed) for name, traffic in BAD.items()
    }
    lines = [*false_table(false), "", *detection_table(found)]
    cells = len(list(grid(HEALTHY["nothing"], quick=options.quick)))
    lines += [
        "",
        f"{healthy} releases a cell, {cells} cells a line of the first table; {bad} releases a line of the second.",
    ]
    if options.quick:
        lines.append(f"Of what is promised {bad_releases(PROMISED, quick=True)}.")
    print("\n".join(lines))  # noqa: T201  a measurement prints
    print(f"{time.perf_counter() - started:.0f} s")  # noqa: T201  as above
    if options.write:
        PAGE.write_text(between(PAGE, BEGIN, lines, END), encoding="utf-8")
    problems = broken(false, found, healthy)
    print("\n".join(problems), file=sys.stderr)  # noqa: T201  as above
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
