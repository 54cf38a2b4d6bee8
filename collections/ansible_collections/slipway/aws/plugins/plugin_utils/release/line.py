"""What a release says while it goes on: one line a look, for terminals, AWX and logs of pipelines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..canary.weights import GREATEST

if TYPE_CHECKING:
    from .spec import Spec
    from .watch import Look


def look_line(spec: Spec, entry: dict[str, Any], look: Look, until: float, share: float) -> str:
    """Return the line of a look.

    Args:
        spec: the release.
        entry: of its journal.
        look: what was seen.
        until: when the step ends, in seconds since 1970.
        share: per cent of the requests that the candidate has.
    """
    gone, whole = look.at - entry["begun_step"], until - entry["begun_step"]
    candidate, stable = look.verdict["candidate"], look.verdict["stable"]
    evidence = look.verdict["evidence"]
    step = f"step {entry['step']}/{len(spec.steps)}  {share:g} %  {span(gone)}/{span(whole)}"
    return (
        f"{spec.service} {spec.version}  {step}"
        f"  requests {candidate['requests']:,} of {candidate['requests'] + stable['requests']:,}"
        f"  errors {rate(candidate, 'errors')} vs {rate(stable, 'errors')}"
        f"  slow {rate(candidate, 'slow')} vs {rate(stable, 'slow')}"
        f"  evidence {max(evidence['errors'], evidence['slow']):.1f}/{evidence['limit']:g}"
    ).replace(",", " ")


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
