"""Who carries a release out: our own shifts of weights, or AWS's deployments."""

from __future__ import annotations

from ..cloud import Cloud
from .course import Say
from .driven import Driven
from .journal import Entry, Journal
from .release import Release
from .spec import Spec


def release_of(cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, say: Say) -> Release | Driven:
    """Return what carries a release out; both run it, end what was left, and keep one journal."""
    if spec.single:
        return Driven(cloud, spec, journal, entry, say)
    return Release(cloud, spec, journal, entry, say)
