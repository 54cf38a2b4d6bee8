"""What a look before a release has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that people should know before a release begins.

    Attributes:
        text: what it is, and what to do.
        stops: the release may not begin with it.
    """

    text: str
    stops: bool = False
