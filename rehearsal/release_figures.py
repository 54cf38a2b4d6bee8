"""What a rehearsal says of the releases it made: the figures of ``reports/demo/summary.json``, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rehearsal.load import Result

SUCCEEDED, ROLLED_BACK = "succeeded", "rolled back"
Figures = dict[str, Any]


def newest_report(directory: Path) -> Path | None:
    """Return the page of the last release of a directory of reports, in which older environments left theirs."""
    return max(directory.glob("*.html"), key=lambda page: page.stat().st_mtime_ns, default=None)


def release_figures(page: Path | None, load: Result, scale: float) -> Figures:
    """Return the figures of a release.

    Args:
        page: its report.
        load: what clients saw meanwhile.
        scale: virtual seconds in a real one.
    """
    told = {"requests": load.requests, "failed requests": len(load.failures), "report": str(page or "")}
    if page is None or not page.with_suffix(".json").is_file():
        return {**told, "status": "there is no report"}
    entry = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    last = entry["looks"][-1]["evidence"] if entry["looks"] else {}
    return {
        **told,
        "version": entry["to"]["image_tag"],
        "status": entry["status"],
        "reason": entry["reason"],
        "evidence": last["errors"] + last["slow"] if last else 0.0,
        "evidence that is enough": last.get("limit", 0.0),
        **_duration(entry["shifts"], scale),
    }


def _duration(shifts: list[dict[str, float]], scale: float) -> Figures:
    """Return the seconds from the first request of users for the new version until it had all of them, or none."""
    virtual = shifts[-1]["at"] - shifts[0]["at"] if shifts else 0.0
    return {"virtual seconds with both": round(virtual, 1), "real seconds with both": round(virtual / scale, 1)}


def problems(good: Figures, bad: Figures) -> list[str]:
    """Return what is not as a demonstration of releases has to be."""
    wrong = {
        f"the good release {good['status']}": good["status"] != SUCCEEDED,
        f"the good release failed {good['failed requests']} requests": good["failed requests"] > 0,
        "the good release had no requests": not good["requests"],
        f"the bad release {bad['status']}": bad["status"] != ROLLED_BACK,
        "the bad release had no requests": not bad["requests"],
        "the bad release went back before anybody saw it": not bad.get("real seconds with both"),
        "a report is missing": not all(Path(one["report"]).is_file() for one in (good, bad)),
    }
    return [text for text, holds in wrong.items() if holds]


def write_summary(path: Path, good: Figures, bad: Figures) -> list[str]:
    """Write the summary and return what is wrong with it."""
    wrong = problems(good, bad)
    told = {
        "requests": good["requests"] + bad["requests"],
        "failures caused by the good release": good["failed requests"],
        "seconds until rollback": bad.get("real seconds with both"),
        "virtual seconds until rollback": bad.get("virtual seconds with both"),
        "failed requests until rollback": bad["failed requests"],
        "evidence": bad.get("evidence"),
        "evidence that is enough": bad.get("evidence that is enough"),
        "reports": [good["report"], bad["report"]],
        "good release": good,
        "bad release": bad,
        "wrong": wrong,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2), encoding="utf-8")
    return wrong
