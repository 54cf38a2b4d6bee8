"""The table of lives among faults in docs/rehearsal.md, from ``bench/faults.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.files import ROOT, between, kept

PAGE = ROOT / "docs" / "rehearsal.md"
RESULTS = ROOT / "bench" / "faults.json"
BEGIN, END = "<!-- Written by `make faults` and `make docs` from bench/faults.json. -->", "<!-- end of faults -->"
STEPS = {
    "site.yml": "`site.yml`, an empty account",
    "services": "`site.yml --limit services`",
    "playbooks/release.yml": "`release.yml`",
    "playbooks/teardown.yml": "`teardown.yml`",
}


def lived() -> dict[str, Any]:
    """Return revision and lives by seed, empty when none was led."""
    return kept(RESULTS)


def faults_page() -> str:
    """Return the page with its table written anew."""
    return between(PAGE, BEGIN, list(lines(lived())), END)


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines: how many lives, and after how many runs each playbook ended well."""
    lives = found.get("lives", {})
    if not lives:
        yield "Nothing was measured yet."
        return
    bad = {seed: life["wrong"] for seed, life in sorted(lives.items(), key=lambda one: int(one[0])) if life["wrong"]}
    dates = sorted({life["date"] for life in lives.values()})
    when = " to ".join(dates[:1] + dates[1:][-1:])
    yield f"Revision {found['revision']}, {when}: {len(lives)} lives, {len(bad)} ended badly."
    yield ""
    yield "| playbook | ended well in the first run | in the second | later | seconds, median |"
    yield "| --- | --- | --- | --- | --- |"
    for step, title in STEPS.items():
        yield _row(title, step, [life for life in lives.values() if step in life["seconds"]])
    for seed, wrong in bad.items():
        yield from ("", f"Seed {seed}: {wrong}")


def _row(title: str, step: str, lives: list[Mapping[str, Any]]) -> str:
    runs = [life["runs"][step] for life in lives]
    seconds = sorted(life["seconds"][step] for life in lives)
    middle = f"{seconds[len(seconds) // 2]:.0f}" if seconds else "-"
    return f"| {title} | {runs.count(1)} | {runs.count(2)} | {sum(run not in {1, 2} for run in runs)} | {middle} |"
