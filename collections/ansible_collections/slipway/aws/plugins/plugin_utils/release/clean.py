"""What releases have left behind, found and removed: tasks, weights, a switch, held scaling, old revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..cloud import Cloud
from ..parallel import side_by_side
from .begin import only, unfinished
from .journal import Journal
from .line import percent
from .record import read_record
from .scaling import Scaling
from .spec import Spec
from .status import history
from .switch import Switch
from .tasks import Tasks
from .traffic import Rule

#: Ended releases whose revisions stay, so that they can be gone back to.
KEPT = 10


@dataclass(frozen=True)
class Leftover:
    """One thing that is left.

    Attributes:
        text: what it is.
        remove: removes it.
    """

    text: str
    remove: Callable[[], object]


def leftovers(cloud: Cloud, spec: Spec, journal: Journal) -> list[Leftover]:
    """Return what is left of a service's releases, in the order in which it is to be removed.

    A release that has not ended is none of it: it goes on, or is taken back, as a whole.
    """
    if unfinished(journal.read()):
        return []
    record = read_record(cloud, journal.table, spec.service)
    # Where AWS exchanges the versions of one ECS service, weights and tasks are its own to tidy up.
    pair = [] if spec.single else [*_weights(cloud, spec, record["stable"]), *_tasks(cloud, spec, record["stable"])]
    return [
        *pair,
        *_switch(cloud, spec, journal),
        *held_scaling(cloud, spec, journal, record["stable"]),
        *_revisions(cloud, spec, journal, record),
    ]


def _weights(cloud: Cloud, spec: Spec, stable: str) -> Iterable[Leftover]:
    wanted, idle = only(spec, stable), spec.other(stable)
    for rule, what in ((Rule(cloud, spec.rule), "users'"), (Rule(cloud, spec.test_rule), "the test listener's")):
        weights = rule.weights()
        if weights != wanted:
            share = percent(weights.get(idle.target_group, 0))
            text = f"{share:g} % of {what} requests go to {idle.name}, where nothing is released"
            yield Leftover(text, partial(rule.write, wanted))


def _tasks(cloud: Cloud, spec: Spec, stable: str) -> Iterable[Leftover]:
    idle, tasks = spec.other(stable), Tasks(cloud, spec.cluster, spec.container)
    count = tasks.desired(idle)
    if count:
        yield Leftover(f"{count} tasks of {idle.name}, which is not released", partial(tasks.update, idle, 0))


def _switch(cloud: Cloud, spec: Spec, journal: Journal) -> Iterable[Leftover]:
    if not spec.schedule:
        return
    switch = Switch(cloud, journal.table, spec.service, journal.fence, spec.schedule)
    if not switch.rests():
        yield Leftover("a dead man's switch that watches no release", switch.disarm)


def held_scaling(cloud: Cloud, spec: Spec, journal: Journal, stable: str) -> Iterable[Leftover]:
    """Find an autoscaler that is held, as during a release."""
    scaling = Scaling(cloud, spec, {"stable": stable}, journal)
    if scaling.held():
        text = f"the autoscaler of {spec.colour(stable).ecs_service} is held: nothing is scaled in, no schedule acts"
        yield Leftover(text, scaling.let_go)


def _revisions(cloud: Cloud, spec: Spec, journal: Journal, record: dict[str, Any]) -> Iterable[Leftover]:
    """Find revisions that nothing runs, and that nobody goes back to."""
    query = {"familyPrefix": spec.family, "status": "ACTIVE"}
    there = cloud.pages("ecs", "list_task_definitions", "taskDefinitionArns", **query)
    told = [record["revision"], record.get("previous", {}).get("revision", "")]
    past = [entry[side]["revision"] for entry in history(journal, KEPT) for side in ("from", "to")]
    newest = max(there, key=_number, default="")
    old = [arn for arn in there if _family(arn) == spec.family and arn not in {*told, *past, newest}]
    if old:
        yield Leftover(
            f"{len(old)} old revisions of {spec.family}",
            lambda: side_by_side(
                lambda arn: cloud.write("ecs", "deregister_task_definition", taskDefinition=arn), sorted(old)
            ),
        )


def _family(arn: str) -> str:
    return arn.rsplit("/", 1)[-1].partition(":")[0]


def _number(arn: str) -> int:
    return int(arn.rpartition(":")[2])
