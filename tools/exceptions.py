"""Controls that are not met for a written reason: docs/security/exceptions.yml."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tools.files import ROOT, load


@cache
def exceptions() -> tuple[dict[str, Any], ...]:
    """Return every exception."""
    return tuple(load(ROOT / "docs" / "security" / "exceptions.yml"))


def accepted(control: str, resource: str, environment: str, today: date | None = None) -> str:
    """Return the reason why a control need not be met, empty when there is none or it has expired."""
    now = today or datetime.now(UTC).date()
    for one in exceptions():
        fits = one["control"] == control and fnmatchcase(resource, one["resource"])
        if fits and environment in one["environments"] and not (one.get("expires") and one["expires"] < now):
            return str(one["reason"])
    return ""
