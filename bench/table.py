"""The tables in docs/performance.md, from ``bench/results.json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tools.files import ROOT, between, kept

PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "bench" / "results.json"
BEGIN, END = "<!-- Written by `make bench` and `make docs` from bench/results.json. -->", "<!-- end -->"
HEADER = ("case", "seconds", "start-up", "tasks", "API", "CPU s", "calls", "MiB", "runs", "ours takes")
Figures = Mapping[str, Any]


def measured() -> dict[str, Any]:
    """Return what was measured, by case."""
    return kept(RESULTS)


def performance_page() -> str:
    """Return the page with its tables written anew."""
    return between(PAGE, BEGIN, list(tables(measured())), END)


def tables(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of all that was measured, the fewest services first."""
    for name in sorted(
        results, key=lambda name: (name == "connection", not name.isalpha(), int(name.partition("-")[2] or 0), name)
    ):
        case = results[name]
        machine = case["machine"]
        yield f"### {name}"
        yield ""
        yield (
            f"Revision {case['revision']}, {case['date']}, {machine['processors']} processors with a load of"
            f" {machine['load'][0]} before and {machine['load'][1]} after, Python {machine['python']}."
        )
        yield ""
        yield from _connection(case) if name == "connection" else _case(case)
        yield ""


def _case(case: Figures) -> Iterator[str]:
    if "resources" in case:
        yield f"{case['resources']} resources; stock modules exist for {case['resources_stock']} of them."
        yield ""
    yield _row(HEADER)
    yield _row(["---"] * len(HEADER))
    for part, title in (
        ("first", "first run"),
        ("second", "second run"),
        ("latency", "second run, 100 ms more a call"),
    ):
        ours = case.get(part, {}).get("ours")
        for who in ("ours", "one", "stock", "boto3"):
            if who in case.get(part, {}):
                yield _row(_cells(f"{title}, {WHO[who]}", case[part][who], ours))
    yield ""
    yield (
        f"Least reads that the second run can do with: {case['second']['least_reads']}."
        f" Made more than once: {', '.join(case['second']['repeated'])}."
    )


WHO = {"ours": "ours", "one": "one service of ours", "stock": "stock modules", "boto3": "boto3 alone"}


def _cells(title: str, run: Figures, ours: Figures) -> Iterator[str]:
    yield title
    yield f"{run['wall']:.1f}"
    if "api" in run:
        yield from (
            f"{run['startup']:.1f}",
            f"{max(0, run['wall'] - run['startup'] - run['api']):.1f}",
            f"{run['api']:.1f}",
        )
        yield from (f"{run['cpu']:.1f}", f"{run['calls']:.0f}", f"{run['memory']:.0f}")
    else:
        yield from ["-"] * 6
    yield str(run["runs"])
    yield "-" if run is ours else f"{ours['wall'] / run['wall']:.2f} times as long"


def _connection(case: Figures) -> Iterator[str]:
    yield _row(
        ["a loop over cloudwatch_metric_alarm", "`local`, seconds", "`slipway.aws.warm`, seconds", "times as fast"]
    )
    yield _row(["---"] * 4)
    times = [f"{case['local']:.1f}", f"{case['warm']:.1f}", f"{case['local'] / case['warm']:.1f}"]
    yield _row([f"{case['items']} alarms, median of {case['runs']}", *times])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
