"""What a release says while it goes on: one line a look, for terminals, AWX and logs of pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..canary.weights import GREATEST


def look_line(entry: dict[str, Any], look: dict[str, Any]) -> str:
    """Return the line of a look.

    Args:
        entry: of the journal.
        look: one of its looks, with the begin and end of the step and the candidate's per cent of the requests.
    """
    candidate, stable, evidence = look["candidate"], look["stable"], look["evidence"]
    gone, whole = span(look["at"] - look["since"]), span(look["until"] - look["since"])
    step = f"step {look['step']}/{len(entry['steps'])}  {look['percent']:g} %  {gone}/{whole}"
    return (
        f"{entry['service']} {version(entry['to'])}  {step}"
        f"  requests {candidate['requests']:,} of {candidate['requests'] + stable['requests']:,}"
        f"  errors {rate(candidate, 'errors')} vs {rate(stable, 'errors')}"
        f"  slow {rate(candidate, 'slow')} vs {rate(stable, 'slow')}"
        f"  evidence {against(evidence):.1f}/{evidence['limit']:g}"
    ).replace(",", " ")


def against(evidence: Mapping[str, float]) -> float:
    """Return the evidence against the new version that is compared with the limit: by failures and by slowness."""
    return evidence["errors"] + evidence["slow"]


def version(told: Mapping[str, str]) -> str:
    """Return a version as people call it."""
    return told["image_tag"] or told["digest"].removeprefix("sha256:")[:12]


def percent(weight: int) -> float:
    """Return the share of the traffic that a weight gives; the largest is given to who has all of it."""
    return 100 if weight == GREATEST else weight / 10


def rate(counts: dict[str, int], what: str) -> str:
    """Return a share of requests in per cent, or a dash while there are none."""
    return f"{100 * counts[what] / counts['requests']:.2f} %" if counts["requests"] else "-"


def moment(seconds: float) -> str:
    """Return a time, in seconds since 1970, as people write it."""
    return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")


def span(seconds: float) -> str:
    """Return a length of time as people write it: ``2m10s``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"
