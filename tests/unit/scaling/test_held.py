"""A release holds the autoscaler, hands it over or gives it back, wherever the run is cut off in between."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.clean import held_scaling
from ansible_collections.slipway.aws.plugins.plugin_utils.release.scaling import FREE, HELD, IDLE, Scaling
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Colour

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()
SPEC = SimpleNamespace(
    cluster="c",
    container="web",
    single=False,
    colour=lambda name: SIDES[name],
    other=lambda name: SIDES[{"blue": "green"}[name]],
)
SIDES = {name: Colour(name, f"web-{name}", name, name) for name in ("blue", "green")}


class CutOffError(Exception):
    """The run was killed."""


class Aws:
    """Scalable targets, alarms and services of both sides, by the calls that are made of them."""

    def __init__(self) -> None:
        self.targets = {
            "web-blue": {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": dict(FREE)},
            "web-green": {"MinCapacity": 0, "MaxCapacity": 8, "SuspendedState": dict(IDLE)},
        }
        self.alarms = {"web-blue-in": True, "web-blue-out": True, "web-green-in": False, "web-green-out": False}
        self.desired = {"web-blue": 3, "web-green": 0}
        self.actions: list[dict[str, Any]] = []
        self.now = NOON
        self.writes: list[str] = []
        self.left: int | None = None

    def time(self) -> float:
        return self.now

    def pages(self, _service: str, operation: str, _key: str, **query: Any) -> list[dict[str, Any]]:
        name = str(query.get("ResourceId") or query.get("ResourceIds", [""])[0]).rpartition("/")[2]
        if operation == "describe_scalable_targets":
            return [deepcopy(self.targets[name])] if name in self.targets else []
        if operation == "describe_scaling_policies":
            return [{"Alarms": [{"AlarmName": one}]} for one in self.alarms if one.startswith(name)]
        if operation == "describe_scheduled_actions":
            return self.actions
        return [{"AlarmName": one, "ActionsEnabled": self.alarms[one]} for one in query["AlarmNames"]]

    def read(self, _service: str, operation: str, **query: Any) -> dict[str, Any]:
        assert operation == "describe_services"
        return {"services": [{"desiredCount": self.desired[query["services"][0]], "taskDefinition": ""}]}

    def write(self, _service: str, operation: str, **what: Any) -> None:
        if self.left == 0:
            raise CutOffError
        self.left = self.left if self.left is None else self.left - 1
        self.writes.append(operation)
        if operation == "register_scalable_target":
            name = what["ResourceId"].rpartition("/")[2]
            self.targets[name] |= {key: what[key] for key in self.targets[name] if key in what}
        elif operation.endswith("alarm_actions"):
            self.alarms |= dict.fromkeys(what["AlarmNames"], operation.startswith("enable"))
        else:
            self.desired[what["service"]] = what["desiredCount"]


class Journal:
    """Keeps what was written, as it was then."""

    def __init__(self, aws: Aws) -> None:
        self.aws, self.kept = aws, {"stable": "blue"}

    def read(self) -> dict[str, Any]:
        return self.kept

    def write(self, entry: dict[str, Any]) -> None:
        self.aws.write("dynamodb", "disable_alarm_actions", AlarmNames=[])
        self.kept = deepcopy(entry)


def scaling(aws: Aws, journal: Journal) -> Scaling:
    """Return what a new run has of the release that is in the journal."""
    return Scaling(cast("Any", aws), cast("Any", SPEC), deepcopy(journal.kept), cast("Any", journal))


def stands(aws: Aws, serving: str, idle: str, least: int = 2, most: int = 8) -> None:
    assert aws.targets[serving] == {"MinCapacity": least, "MaxCapacity": most, "SuspendedState": FREE}
    assert aws.targets[idle] == {"MinCapacity": 0, "MaxCapacity": 8, "SuspendedState": IDLE}
    assert {name for name, on in aws.alarms.items() if on} == {f"{serving}-in", f"{serving}-out"}


def test_nothing_is_scaled_in_and_no_schedule_acts_but_both_sides_may_grow() -> None:
    aws = Aws()
    scaling(aws, Journal(aws)).hold()
    assert aws.targets["web-blue"]["SuspendedState"] == aws.targets["web-green"]["SuspendedState"] == HELD
    assert HELD == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": True,
    }
    assert aws.targets["web-green"]["MinCapacity"] == 0
    assert all(aws.alarms.values())
    assert aws.desired == {"web-blue": 3, "web-green": 0}


@pytest.mark.parametrize("end", ["hand_over", "give_back"])
@pytest.mark.parametrize("kept", range(12))
def test_cut_off_anywhere_the_next_run_brings_it_to_its_end(kept: int, end: str) -> None:
    aws = Aws()
    journal = Journal(aws)
    aws.left, ended = kept, False
    while not ended:
        try:
            run = scaling(aws, journal)
            run.hold()
            getattr(run, end)()
            ended = True
        except CutOffError:
            aws.left = None
    stands(aws, *(("web-green", "web-blue") if end == "hand_over" else ("web-blue", "web-green")))


def test_what_is_as_it_should_be_is_not_written_again() -> None:
    aws = Aws()
    journal = Journal(aws)
    run = scaling(aws, journal)
    run.hold()
    run.hand_over()
    before = list(aws.writes)
    run.hand_over()
    assert aws.writes == before


@pytest.mark.parametrize("end", ["hand_over", "give_back"])
def test_what_schedules_missed_is_made_up_for(end: str) -> None:
    aws = Aws()
    journal = Journal(aws)
    limits = {"MinCapacity": 5, "MaxCapacity": 20}
    aws.actions = [{"Schedule": "cron(30 12 * * ? *)", "Timezone": "UTC", "ScalableTargetAction": limits}]
    scaling(aws, journal).hold()
    aws.now += 3600
    getattr(scaling(aws, journal), end)()
    serving, idle = ("web-green", "web-blue") if end == "hand_over" else ("web-blue", "web-green")
    stands(aws, serving, idle, 5, 20)
    assert aws.desired[serving] == 5
    assert aws.desired[idle] == {"web-blue": 3, "web-green": 0}[idle], "tasks are the release's to stop"


def test_a_service_that_is_not_scaled_is_left_alone() -> None:
    aws = Aws()
    aws.targets, aws.alarms = {}, {}
    run = scaling(aws, Journal(aws))
    run.hold()
    run.hand_over()
    run.give_back()
    assert aws.writes == ["disable_alarm_actions"], "the journal alone"


@pytest.mark.parametrize("end", ["hand_over", "give_back"])
def test_of_one_ecs_service_nothing_but_the_hold_changes(end: str) -> None:
    aws = Aws()
    one = Colour("blue", "web-blue", "blue", "blue")
    spec = SimpleNamespace(cluster="c", container="web", single=True, colour=lambda _: one, other=lambda _: one)
    run = Scaling(cast("Any", aws), cast("Any", spec), {"stable": "blue"}, cast("Any", Journal(aws)))
    run.hold()
    assert aws.targets["web-blue"] == {"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": HELD}
    getattr(run, end)()
    stands(aws, "web-blue", "web-green")


def test_where_somebody_else_has_the_traffic_only_the_stable_side_gets_its_own_back() -> None:
    aws = Aws()
    run = scaling(aws, Journal(aws))
    run.hold()
    run.leave()
    assert aws.targets["web-blue"]["SuspendedState"] == FREE
    assert aws.targets["web-green"]["SuspendedState"] == HELD, "it may have users, and must be able to grow"
    assert all(aws.alarms.values())


def test_what_is_left_held_is_found_and_let_go() -> None:
    aws = Aws()
    journal = Journal(aws)
    scaling(aws, journal).hold()
    (left,) = held_scaling(cast("Any", aws), cast("Any", SPEC), cast("Any", journal), "blue")
    assert left.text == "the autoscaler of web-blue is held: nothing is scaled in, no schedule acts"
    left.remove()
    stands(aws, "web-blue", "web-green")
    assert list(held_scaling(cast("Any", aws), cast("Any", SPEC), cast("Any", journal), "blue")) == []
