"""The table in docs/performance.md, from what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- Written by `make bench`. -->", "<!-- End. -->"
HEADER = "| case | seconds | boto3 alone | times | calls | boto3's | CPU s | MiB | runs | load | revision |"
RULE = "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"


def write(results: Mapping[str, Any]) -> None:
    """Put the table into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [BEGIN, "", HEADER, RULE, *rows(results), "", END]
    PAGE.write_text(before + "\n".join(lines) + after, encoding="utf-8")


def rows(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row for each thing measured, the fewest services first."""
    for name, case in sorted(results.items(), key=lambda pair: int(pair[0].partition("-")[2] or 0)):
        of = [case["runs"], case["machine"]["load_before"], case["revision"]]
        if "first_boto3_seconds" in case:
            first = [case["first_seconds"], case["first_boto3_seconds"]]
            calls = [case["first_calls"], case["first_boto3_calls"], case["first_cpu_seconds"], case["memory_mib"]]
            yield _row(f"{name}: first run", first, calls, [1, *of[1:]])
        yield _again(f"{name}: second run", case, of)
        if "latency" in case:
            yield _again(f"{name}: second run, 100 ms more a call", case["latency"], of)
        if "one_of_them_seconds" in case:
            cells = [f"{name}: second run, one of them", f"{case['one_of_them_seconds']:.1f}", *["-"] * 6]
            yield f"| {' | '.join([*cells, *map(str, of)])} |"


def _again(name: str, case: Mapping[str, Any], of: list[Any]) -> str:
    calls = [case["reads"], case["least_reads"], case["cpu_seconds"], case["memory_mib"]]
    return _row(name, [case["seconds"], case["boto3_seconds"]], calls, of)


def _row(name: str, seconds: list[float], calls: list[float], of: list[Any]) -> str:
    ours, alone = seconds
    cells = [name, f"{ours:.1f}", f"{alone:.1f}", f"{ours / alone:.1f}", *(f"{call:.0f}" for call in calls)]
    return f"| {' | '.join([*cells, *map(str, of)])} |"
