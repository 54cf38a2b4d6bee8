"""X-Ray's filter expressions, as far as groups of ours use them: terms joined by AND.

https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Refused

Segments = Mapping[str, Mapping[str, Any]]
_FLAG = re.compile(r"(!?)\s*(fault|error)")
_SERVICE = re.compile(r'service\("([^"]+)"\)')
_ANNOTATION = re.compile(r'annotation\.(\w+)\s*=\s*"([^"]*)"')
_TIME = re.compile(r"responsetime\s*(>=|>)\s*([\d.]+)")


def check(expression: str) -> None:
    """Refuse an expression that is none, or that the local cloud does not know."""
    holds(expression, {})


def holds(expression: str, segments: Segments) -> bool:
    """Say whether a trace passes."""
    passed = [_term(part.strip(), segments) for part in expression.split(" AND ") if expression.strip()]
    return all(passed)


def _term(text: str, segments: Segments) -> bool:
    if found := _FLAG.fullmatch(text):
        return any(one.get(found[2]) for one in segments.values()) != bool(found[1])
    if found := _SERVICE.fullmatch(text):
        return any(one["name"] == found[1] for one in segments.values())
    if found := _ANNOTATION.fullmatch(text):
        return any(one.get("annotations", {}).get(found[1]) == found[2] for one in segments.values())
    if found := _TIME.fullmatch(text):
        slowest = max((one.get("end_time", 0) - one["start_time"] for one in segments.values()), default=0.0)
        return bool(slowest > float(found[2]))
    raise Refused("InvalidRequestException", f"Invalid filter expression, or one the local cloud does not know: {text}")
