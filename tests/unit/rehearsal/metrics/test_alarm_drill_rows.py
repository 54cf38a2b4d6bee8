"""What a drill makes of what it heard: people are told once, by whom they should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from rehearsal.drill import drilling
from rehearsal.drill.causes import CAUSES, Cause
from rehearsal.drill.drilling import Ear, drill
from rehearsal.drill.left import reasons
from rehearsal.drill.place import Place as Environment
from rehearsal.drill.rows import Row, table

DOWN = Cause("down", "", ("database-silent",), ("database",), nullcontext, follow=("web",))
ROOT = Path(__file__).parents[4]
GOOD = [("database", "ALARM"), ("database", "OK")]


def ear(*told: tuple[str, str]) -> Ear:
    messages = [{"AlarmName": f"slipway-dev-{name}", "NewStateValue": state} for name, state in told]
    place: Any = SimpleNamespace(prefix="slipway-dev")
    return Ear(place, lambda: [messages.pop(0) for _ in list(messages)])


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (GOOD, "people"),
        (GOOD[:1], "not of OK"),
        ([], "not of ALARM and OK"),
        ([*GOOD, ("network", "ALARM")], "not alone, also by network"),
        ([*GOOD, ("web", "ALARM")], "people, followed by web"),
        ([*GOOD, ("web", "OK")], "people"),
    ],
)
def test_who_told_people(told: list[tuple[str, str]], verdict: str) -> None:
    assert ear(*told).verdict("database", DOWN) == verdict


@pytest.mark.parametrize(
    ("row", "well"),
    [
        (Row("c", "a", 1.0, 2.0, "people"), True),
        (Row("c", "a", None, 2.0, "people"), False),
        (Row("c", "a", 1.0, None, "people"), False),
        (Row("c", "a", 1.0, 2.0, "not of OK"), False),
    ],
)
def test_what_is_well(row: Row, well: bool) -> None:
    assert row.well is well


def test_a_table_has_a_row_for_each_alarm() -> None:
    rows = [Row("slow", "web", 3.2, None, "people")]
    assert table(rows)[1].split() == ["slow", "web", "3", "min", "never", "people"]


def test_what_is_left_out_has_a_reason_and_the_idle_side_needs_none() -> None:
    alarms = ["web-blue-cpu", "web-green-cpu", "web", "nat-a-ports", "rejected-connections", "web-green-new"]
    left = reasons(alarms, {"web-blue-cpu", "web"}, "blue", ["web"])
    assert list(left) == ["nat-a-ports", "rejected-connections", "web-green-new"]
    assert [bool(why) for why in left.values()] == [True, True, False]


@pytest.mark.parametrize(
    "name",
    [
        "web-blue-scale-out",
        "web-green-scale-in",
        "api-scale-surge",
        "calls-security-groups",
        "flags-errors",
        "flags-errors-internal",
        "load-balancer-errors-internal",
        "rejected-connections-internal",
    ],
)
def test_what_environments_beside_dev_have_more_has_a_reason(name: str) -> None:
    assert reasons([name], {"web-blue-cpu"}, "blue", ["web", "api"])[name]


def test_a_reason_is_of_whole_names_alone() -> None:
    left = reasons(["network-blue-cpu", "nat-blue-cpu", "web-scale"], set(), "blue", ["web"])
    assert set(left.values()) == {""}


def test_other_services_are_like_the_one_that_is_drilled() -> None:
    alarms = ["web-blue-cpu", "web", "api", "api-blue-cpu", "api-green-cpu", "api-blue-new", "apis"]
    assert reasons(alarms, {"web-blue-cpu", "web"}, "blue", ["web", "api"]) == {"api-blue-new": "", "apis": ""}


class Place:
    """An environment in which alarms ring while their cause goes on, and tell people of what they are told to."""

    drilled, colour, scale, prefix = "web", "blue", 60.0, "slipway-dev"

    def __init__(self, *told: tuple[str, str]) -> None:
        self.ringing, self.told = False, list(told)
        self.there = ["database", "database-silent"]
        self.changed = nullcontext
        self.sending = lambda _path, clients, pause: nullcontext((clients, pause))

    @contextmanager
    def happens(self, _place: Any) -> Iterator[None]:
        self.ringing = True
        yield
        self.ringing = False

    def states(self, *_kinds: str) -> dict[str, str]:
        return dict.fromkeys(self.there, "ALARM" if self.ringing else "OK")

    def heard(self) -> list[dict[str, Any]]:
        state = "ALARM" if self.ringing else "OK"
        return [{"AlarmName": f"{self.prefix}-{name}", "NewStateValue": one} for name, one in self.told if one == state]


@pytest.mark.parametrize(("told", "page"), [(GOOD, "people"), (GOOD[1:], "not of ALARM")])
def test_a_drill_sees_alarms_ring_tell_and_fall_silent(
    told: list[tuple[str, str]], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drilling, "BETWEEN", 0.001)
    monkeypatch.setattr(drilling, "ARRIVES", 0.01)
    place: Any = Place(*told)
    rows = drill(place, replace(DOWN, happens=place.happens), Ear(place, place.heard))
    assert [(row.alarm, row.told) for row in rows] == [("database-silent", "by database"), ("database", page)]
    assert all(row.rang is not None and row.silent is not None for row in rows)


def test_what_an_environment_does_not_have_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drilling, "BETWEEN", 0.001)
    place: Any = Place(*GOOD)
    listening = Ear(place, place.heard)
    more = replace(DOWN, happens=place.happens, alarms=("database-silent", "database-cpu-credits"))
    assert [row.alarm for row in drill(place, more, listening)] == ["database-silent", "database"]
    place.there = ["database"]
    assert drill(place, more, listening) == []


def test_only_alarms_that_there_are_get_other_properties() -> None:
    kept: dict[str, dict[str, Any]] = {
        "slipway-dev-database-cpu": {"AlarmName": "slipway-dev-database-cpu", "Threshold": 80.0}
    }
    cloudwatch = SimpleNamespace(
        describe_alarms=lambda AlarmNames: {"MetricAlarms": [kept[name] for name in AlarmNames if name in kept]},
        put_metric_alarm=lambda **one: kept.update({one["AlarmName"]: one}),
    )
    place = object.__new__(Environment)
    place.drilled, place.colour, place.prefix, place.cloudwatch = "web", "blue", "slipway-dev", cloudwatch
    with place.changed({"database-cpu": {"Threshold": -1}, "database-cpu-credits": {"Threshold": -1}}):
        assert {name: one["Threshold"] for name, one in kept.items()} == {"slipway-dev-database-cpu": -1}
    assert {name: one["Threshold"] for name, one in kept.items()} == {"slipway-dev-database-cpu": 80.0}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_every_cause_stands_in_the_documentation(cause: Cause) -> None:
    shown = cause.at("<service>", "<colour>")
    alarms, pages = (", ".join(f"`{name}`" for name in names) for names in (shown.alarms, shown.pages))
    row = f"| `{cause.name}` | {cause.what} | {alarms} | {pages} |"
    assert row in (ROOT / "docs" / "observability.md").read_text(encoding="utf-8").splitlines()


def test_every_cause_can_be_asked_for_and_names_pages() -> None:
    declared = yaml.safe_load((ROOT / "playbooks" / "vars" / "inputs.yml").read_text(encoding="utf-8"))["inputs"]
    assert [one.name for one in CAUSES] == declared["causes"]["choices"]
    assert all(one.alarms and one.pages for one in CAUSES)
