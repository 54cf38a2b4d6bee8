"""Everything that is looked at before a release begins, in one list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from .alarm_check import check_alarms, read_alarms
from .finding import Finding
from .image_scan import find_vulnerabilities
from .journal import Journal
from .migration import check_migration
from .spec import Spec
from .status import REMEMBERED, history
from .tasks import Tasks
from .topology_check import check_deployment, check_groups, check_stickiness, read_attributes
from .traffic import Rule


def readiness(cloud: Cloud, spec: Spec, journal: Journal, record: Mapping[str, Any]) -> list[Finding]:
    """Return what people should know before a release of a service begins, and what stops it."""
    tasks, sides = Tasks(cloud, spec.cluster, spec.container), (spec.blue, spec.green)
    past = history(journal, REMEMBERED) if spec.contract_from else []
    return [
        *check_alarms(spec, read_alarms(cloud, spec.alarms)),
        *check_groups(spec, {side.name: read_attributes(cloud, side) for side in sides}),
        *check_stickiness(spec, Rule(cloud, spec.rule).stickiness()),
        *(finding for side in sides for finding in check_deployment(side, tasks.described(side))),
        *check_migration(spec, record, past),
        *find_vulnerabilities(cloud, spec),
    ]
