"""What a plan knows of a service beside its release: what its tasks cost, when its alarms ring, what is left over."""

from __future__ import annotations

from ..cloud import Cloud
from .alarm_check import earliest, read_alarms, states
from .clean import leftovers
from .cost import task_hour
from .journal import Entry, Journal
from .plan import Known
from .spec import Spec, definition
from .tasks import Tasks
from .topology_check import read_attributes


def foresee(cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, problems: list[str]) -> Known:
    """Read it; nothing is changed."""
    revision = spec.revision or entry["from"]["revision"]
    alarms = read_alarms(cloud, spec.alarms)
    attributes = read_attributes(cloud, spec.colour(entry["stable"]))
    return Known(
        task_hour=task_hour(definition(cloud, revision), spec.prices),
        maximum_percent=Tasks(cloud, spec.cluster, spec.container).maximum_percent(spec.colour(entry["stable"])),
        alarms=states(cloud, alarms),
        rings={alarm["AlarmName"]: earliest(alarm) for alarm in alarms},
        in_flight=int(attributes.get("deregistration_delay.timeout_seconds", "300")),
        leftovers=[leftover.text for leftover in leftovers(cloud, spec, journal)],
        problems=problems,
    )
