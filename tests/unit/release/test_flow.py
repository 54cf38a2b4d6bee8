"""The order in which a release does things, whatever AWS answers: what comes first saves users."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from ansible_collections.slipway.aws.plugins.plugin_utils import retries
from ansible_collections.slipway.aws.plugins.plugin_utils.release import course
from ansible_collections.slipway.aws.plugins.plugin_utils.release import release as module
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import only
from ansible_collections.slipway.aws.plugins.plugin_utils.release.release import Release
from ansible_collections.slipway.aws.plugins.plugin_utils.release.traffic import ForeignChangeError
from ansible_collections.slipway.aws.plugins.plugin_utils.release.watch import Look, Watch
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.entries import VERSIONS
from tests.unit.release.specs import a_spec

QUIET = {"requests": 100, "errors": 0, "slow": 0}
EVIDENCE = {"errors": 0.1, "slow": 0.1, "limit": 20.0}


class World:
    """AWS as one release sees it, and a diary of what was done to it."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self.now = 1_000_000.0
        self.desired = {"blue": 4, "green": 0}
        self.weights: dict[str, int] = {}
        self.looks: list[Look] = []
        self.fails_at = ""
        self.foreign = False
        self.late: list[int] = []
        #: When tasks were started or ended last.
        self.ended = 0.0

    def did(self, text: str) -> None:
        """Note it; or fail, as an error of AWS would."""
        if self.fails_at and text.startswith(self.fails_at):
            raise RuntimeError(f"AWS failed at {text}")
        self.diary.append(text)

    def time(self) -> float:
        return self.now

    @staticmethod
    def impatient() -> AbstractContextManager[None]:
        return nullcontext()

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def read(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"taskDefinition": {"cpu": "256", "memory": "512", "containerDefinitions": []}}


class FakeTasks:
    def __init__(self, world: World) -> None:
        self.world = world

    def desired(self, side: Any) -> int:
        return self.world.desired[side.name]

    def update(self, side: Any, count: int, _revision: str = "") -> None:
        if self.world.desired[side.name] != count:
            self.world.did(f"{side.name}: {count} tasks")
            self.world.ended = self.world.now
            self.world.desired[side.name] = count

    def await_healthy(self, side: Any, count: int, _at_most: int) -> None:
        self.world.did(f"{side.name}: {count} healthy")

    def last_words(self, _side: Any) -> list[str]:
        return ["it said"]


class FakeSamples:
    """What the side that has just lost its weight answered, minute by minute; 0 once the list is over."""

    def __init__(self, world: World) -> None:
        self.world = world

    def read(self, since: float, now: float) -> list[dict[str, Any]]:
        whole = range(int(since // 60) + 1, int((now - 60) // 60))  # the metrics of a minute come a minute later
        late = [*self.world.late, *[0] * len(whole)]
        return [{side: {"requests": late[place]} for side in ("stable", "candidate")} for place, _ in enumerate(whole)]


class FakeRule:
    def __init__(self, world: World, name: str) -> None:
        self.world, self.arn = world, name
        self.sticks: dict[str, Any] = {}

    def expect(self, *_: Any) -> dict[str, int]:
        if self.world.foreign:
            raise ForeignChangeError("somebody else has changed the weights")
        return self.world.weights

    def weights(self) -> dict[str, int]:
        return self.world.weights

    def stickiness(self) -> int:
        return 0

    def actions(self, wanted: dict[str, int], *, loose: bool = False) -> list[Any]:
        return [{**wanted, "loose": loose}]

    def write(self, wanted: dict[str, int], *, loose: bool = False) -> None:
        self.world.did(f"{self.arn}: {wanted['arn:green']}{', sessions move' if self.sticks and loose else ''}")
        self.world.weights = wanted


def journal(world: World) -> Any:
    return SimpleNamespace(
        table="t",
        fence=3,
        read=dict,
        write=lambda _entry: None,
        close=lambda entry: world.did(f"journal: {entry['status']}"),
    )


def switch(world: World) -> Any:
    return SimpleNamespace(
        fired=lambda: "",
        arm=lambda rules: world.did(armed(rules[0]["Actions"][0])),
        disarm=lambda: world.did("disarmed"),
    )


def armed(action: dict[str, Any]) -> str:
    return f"armed: {action['arn:green']}{'' if action['loose'] else ', sticks'}"


def scaling(world: World) -> Any:
    return SimpleNamespace(
        hold=lambda: world.did("scaling: held"),
        hand_over=lambda: world.did("scaling: handed over"),
        give_back=lambda: world.did("scaling: given back"),
        leave=lambda: world.did("scaling: left"),
    )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    one = World()
    monkeypatch.setattr(module, "put_record", lambda *_: one.did("record"))
    monkeypatch.setattr(course, "notify", lambda *arguments: one.did(f"told: {arguments[-1]}") or "")
    monkeypatch.setattr(module, "try_out", lambda _spec: "")
    return one


def begun(world: World, **other: Any) -> Release:
    """Return a release that is about to begin."""
    spec = a_spec(**{"steps": [10, 100], "bake_minutes": 0, **other})
    entry = {
        "service": "web",
        "number": 2,
        "status": "running",
        "phase": "begun",
        "step": 0,
        "done": 0,
        "actor": "anna",
        "stable": "blue",
        "count": 4,
        "begun": world.now,
        "weights": only(spec, "blue"),
        "floor": 0,
        "answered": [],
        "samples": [],
        "looks": [],
        "events": [],
        "shifts": [],
        "tasks": [],
        "settings": {},
        "steps": spec.steps,
        **VERSIONS,
    }
    world.weights = entry["weights"]  # type: ignore[assignment]
    release = Release(world, spec, journal(world), entry, lambda _text: None)  # type: ignore[arg-type]
    release.tasks, release.switch = FakeTasks(world), switch(world)  # type: ignore[assignment]
    release.scaling, release.samples = scaling(world), FakeSamples(world)  # type: ignore[assignment]
    release.rule, release.test_rule = FakeRule(world, "users"), FakeRule(world, "test")  # type: ignore[assignment]
    return release


def test_tasks_first_then_weights_then_the_old_ones_go(world: World) -> None:
    assert begun(world).run()["status"] == "succeeded"
    assert world.diary == [
        "told: begun",
        "scaling: held",
        "green: 1 tasks",
        "green: 1 healthy",
        "test: 999",
        "green: 1 healthy",
        "armed: 0",
        "users: 100",
        "green: 4 tasks",
        "green: 4 healthy",
        "armed: 0",
        "users: 950",
        "green: 4 healthy",
        "armed: 0",
        "users: 999",
        "armed: 999",
        "record",
        "scaling: handed over",
        "blue: 0 tasks",
        "journal: succeeded",
        "disarmed",
        "told: succeeded",
    ]


@pytest.mark.parametrize("place", ["green: 4 healthy", "users: 950", "armed: 0", "test: 999"])
def test_weights_go_back_first_then_it_is_explained_then_tasks_end(world: World, place: str) -> None:
    release = begun(world)
    world.fails_at = place
    ended = release.run()
    assert ended["status"] == "rolled back"
    assert ended["last_words"] == ["it said"]
    back = world.diary[world.diary.index("users: 0") :]
    ended_by = ["journal: rolled back", "disarmed", "told: rolled back"]
    assert back == ["users: 0", "scaling: given back", "test: 0", "green: 0 tasks", *ended_by]
    assert world.weights == only(release.spec, "blue")


@pytest.mark.parametrize(
    ("late", "least", "most"),
    [([], 120, 180), ([7, 1], 240, 300), ([3] * 20, 330, 360)],
    ids=["at once", "after two minutes", "never"],
)
def test_the_old_tasks_end_once_nobody_asks_them_any_more(
    world: World, late: list[int], least: float, most: float
) -> None:
    world.late = late
    ended = begun(world).run()
    assert ended["status"] == "succeeded"
    assert world.diary.index("scaling: handed over") + 1 == world.diary.index("blue: 0 tasks")
    assert least <= world.ended - ended["shifts"][-1]["at"] <= most
    told = [event["text"] for event in ended["events"]]
    assert told.count("no minute without a request was seen on the stable side, whose tasks end nevertheless") == (
        late == [3] * 20
    )


@pytest.mark.parametrize("fails_at", ["", "users: 950"], ids=["forward", "back"])
def test_sessions_move_before_their_side_ends_and_stick_again_when_no_cookie_leads_there(
    world: World, fails_at: str
) -> None:
    release = begun(world)
    release.rule.sticks = {"Enabled": True, "DurationSeconds": 240}
    world.fails_at = fails_at
    ended = release.run()
    share, old = (0, "green") if fails_at else (999, "blue")
    after = world.diary[world.diary.index(f"users: {share}, sessions move") :]
    assert f"{old}: 0 tasks" in after
    assert after.index(f"{old}: 0 tasks") < after.index(f"armed: {share}, sticks") < after.index(f"users: {share}")
    assert world.now - ended["shifts"][-1]["at"] >= 240


OUT = ConnectionClosedError(endpoint_url="https://aws")


def test_a_way_back_that_fails_too_tells_why_it_was_and_who_has_the_traffic(world: World) -> None:
    release = begun(world)
    world.fails_at = "users: "
    with pytest.raises(ConvergeError) as caught:
        release.run()
    told = str(caught.value)
    assert told.startswith("went back because of: RuntimeError: AWS failed at users: 100; that could not be done: ")
    assert "AWS failed at users: 0. The candidate has up to 10 % of the traffic; the dead man's switch" in told
    assert told.endswith("then run the same release.yml again, or abort.yml")


def test_traffic_that_is_back_is_told_so(world: World) -> None:
    release = begun(world)
    world.fails_at = "test: 0"
    with pytest.raises(ConvergeError, match=r"\. The stable version has all of the traffic; then run"):
        release.end("anna asked for it")


def test_a_way_back_outlasts_an_outage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "sleep", lambda _: None)
    release, failed = begun(world), list[str]()
    put_back = release.rule.write

    def write(wanted: dict[str, int], **more: Any) -> None:
        if world.weights.get("arn:green") and len(failed) < 20:
            failed.append("out")
            raise OUT
        put_back(wanted, **more)

    release.rule.write = write  # type: ignore[method-assign, assignment]
    assert release.run()["status"] == "rolled back"
    assert world.weights == only(release.spec, "blue")
    assert len(failed) == 20


def test_the_serving_side_never_gets_fewer_tasks(world: World) -> None:
    release = begun(world)
    world.desired["blue"] = 9  # the autoscaler was there
    release.run()
    assert "blue: 9 tasks" not in world.diary
    assert [line for line in world.diary if line.startswith("blue")] == ["blue: 0 tasks"]
    assert "green: 9 healthy" in world.diary


def test_past_the_promotion_nothing_goes_back(world: World) -> None:
    release = begun(world)
    world.fails_at = "record"
    with pytest.raises(RuntimeError):
        release.run()
    assert "users: 0" not in world.diary
    assert "disarmed" not in world.diary


def look(at: float, share: str) -> Look:
    verdict = {"verdict": "promote", "reason": "", "candidate": QUIET, "stable": QUIET, "evidence": EVIDENCE}
    return Look(at, [], verdict, share, {"healthy": 1})


@pytest.mark.parametrize(("missed", "status"), [(3, "succeeded"), (4, "rolled back")])
def test_looks_may_be_missed_but_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, missed: int, status: str
) -> None:
    seen = [OUT] * missed

    def see(*_: Any, **__: Any) -> Look:
        if seen:
            raise seen.pop()
        return look(world.now, "agrees")

    monkeypatch.setattr("ansible_collections.slipway.aws.plugins.plugin_utils.release.watch.Watch.look", see)
    assert begun(world, bake_minutes=1).run()["status"] == status


@pytest.mark.parametrize(
    ("shares", "status"),
    [(["agrees"], "succeeded"), (["contradicts", "agrees"], "succeeded"), (["contradicts"], "rolled back")],
    ids=["at once", "later", "never"],
)
def test_it_goes_on_when_requests_go_where_the_weights_say(
    world: World, monkeypatch: pytest.MonkeyPatch, shares: list[str], status: str
) -> None:
    told = iter([*shares, *[shares[-1]] * 100])
    monkeypatch.setattr(Watch, "look", lambda *_, **__: look(world.now, next(told)))
    release = begun(world, bake_minutes=1, extend_minutes=2)
    ended = release.run()
    assert ended["status"] == status, ended["reason"]
    assert status == "succeeded" or "do not go where the weights say" in ended["reason"]


def test_weights_that_somebody_else_changes_in_a_bake_are_left_to_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*_: Any, **__: Any) -> Look:
        world.foreign = True
        return look(world.now, "agrees")

    monkeypatch.setattr(Watch, "look", changed)
    ended = begun(world, bake_minutes=1).run()
    assert (ended["status"], ended["reason"]) == ("stopped", "somebody else has changed the weights")
    after = world.diary[world.diary.index("users: 100") + 1 :]
    assert after == ["scaling: left", "journal: stopped", "disarmed", "told: stopped"]


def test_how_alarms_stand_is_noted_at_the_begin_and_at_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter(["OK", "ALARM"])
    monkeypatch.setattr(course, "read_alarms", lambda _cloud, names: names)
    monkeypatch.setattr(course, "states", lambda _cloud, names: dict.fromkeys(names, next(told)))
    assert begun(world, alarms=["errors"]).run()["alarms"] == {"begin": {"errors": "OK"}, "end": {"errors": "ALARM"}}


def test_a_way_back_waits_for_no_alarm_and_ends_without_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(*_: Any) -> None:
        asked.append(world.diary[-1] if world.diary else "before anything")
        raise ClientError({"Error": {"Code": "Throttling", "Message": "later"}}, "DescribeAlarms")

    monkeypatch.setattr(course, "read_alarms", refuse)
    back = begun(world, alarms=["errors"])
    back.entry["returns"] = True
    assert back.run()["status"] == "succeeded"
    assert asked == ["blue: 0 tasks"]
    assert back.entry["observed"] == "not observed"
    assert "alarms" not in back.entry


def test_what_the_candidate_cost_is_known(world: World) -> None:
    release = begun(world, prices={"vcpu_hour": 0.04, "gib_hour": 0.005})
    assert release.run()["cost"] >= 0
    assert release.entry["tasks"][-1]["count"] == 0
