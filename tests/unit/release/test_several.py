"""Releases of several services stay or go back together, whenever whoever runs them dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release import several as module
from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import went_back
from ansible_collections.slipway.aws.plugins.plugin_utils.release.record import before
from ansible_collections.slipway.aws.plugins.plugin_utils.release.several import Several
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import a_spec

OLDER, OLD, NEW, NEWER = "0.9.0", "1.0.0", "1.1.0", "1.2.0"
GONE = "needs a shape of the database that a migration has removed; the oldest that can be gone back to is release"
FORWARD = "Roll forward: release a version that mends what is wrong"
IN_THE_MIDDLE, AT_ITS_END = "in the middle", "at its end"
ALL_NEW = ["api 1.1.0 succeeded", "cart 1.1.0 succeeded", "web 1.1.0 succeeded"]
ALL_BACK = ["web 1.1.0 rolled back", "cart 1.0.0 succeeded", "api 1.0.0 succeeded"]


class KilledError(BaseException):
    """The run is no more; nothing of it catches that."""


def version(service: str, tag: str) -> dict[str, str]:
    return {"image_tag": tag, "digest": f"sha256:{tag}", "revision": f"{service}:{tag}"}


class World:
    """Journals and records of services, and a diary of who got which version and how that ended."""

    def __init__(self, *services: str) -> None:
        self.journals: dict[str, dict[str, Any]] = {name: {} for name in services}
        self.ended: dict[tuple[str, int], dict[str, Any]] = {}
        self.records = {
            name: {"service": name, **version(name, OLD), "previous": version(name, OLDER), "number": 1, "floor": 0}
            for name in services
        }
        self.diary: list[str] = []
        self.said: list[str] = []
        #: Services with versions, such as ``web 1.1.0``: those that go back, and where the run dies, once.
        self.bad: set[str] = set()
        self.kills: dict[str, str] = {}

    def promote(self, entry: dict[str, Any]) -> None:
        """Write the record of a version that has everything."""
        record = {**entry["to"], "previous": before(self.past(entry["service"]), entry), "number": entry["number"]}
        self.records[entry["service"]] |= record

    def past(self, service: str) -> list[dict[str, Any]]:
        """Return the ended releases of a service, the latest first."""
        return [self.ended[key] for key in sorted(self.ended, reverse=True) if key[0] == service]

    def die(self, entry: dict[str, Any], place: str) -> None:
        """Die where that was asked for."""
        name = called(entry)
        if self.kills.get(name) == place:
            del self.kills[name]
            raise KilledError

    def run(self, tag: str = NEW, services: Iterable[str] = ()) -> Several:
        """Return a run that is about a version of services."""
        names = list(services or self.journals)
        specs = [a_spec(service=name, **version(name, tag)) for name in names]
        cloud: Any = SimpleNamespace(time=lambda: 0.0)
        several = Several(cloud, specs, "table", {}, self.said.append)
        several.journals = {name: Journal(self, name) for name in names}  # type: ignore[misc]
        return several

    def stands(self) -> list[str]:
        """Return which version of each service is stable."""
        return [record["image_tag"] for record in self.records.values()]


def called(entry: dict[str, Any]) -> str:
    return f"{entry['service']} {entry['to']['image_tag']}"


class Journal:
    """A journal that outlives its run."""

    table, fence = "table", 1

    def __init__(self, world: World, service: str) -> None:
        self.world, self.service = world, service

    def read(self, number: int | None = None) -> dict[str, Any]:
        last, ended = self.world.journals[self.service], self.world.ended
        return deepcopy(last if number is None else ended.get((self.service, number), {}))

    def write(self, entry: dict[str, Any]) -> None:
        self.world.journals[self.service] = deepcopy(entry)


class Release:
    """A release that ends as the world says; whoever runs it may die in its middle and right after its end."""

    def __init__(self, world: World, entry: dict[str, Any]) -> None:
        self.world, self.entry = world, entry

    def run(self) -> dict[str, Any]:
        self.world.journals[self.entry["service"]] = deepcopy(self.entry)
        self.world.die(self.entry, IN_THE_MIDDLE)
        if called(self.entry) in self.world.bad:
            return self.end("it is bad")
        self.world.promote(self.entry)
        return self._close("succeeded", "it has all of the traffic")

    def end(self, reason: str) -> dict[str, Any]:
        return self._close("rolled back", reason)

    def _close(self, status: str, reason: str) -> dict[str, Any]:
        entry = self.entry | {"status": status, "reason": reason}
        self.world.diary.append(f"{called(entry)} {status}")
        self.world.journals[entry["service"]] = deepcopy(entry)
        self.world.ended[entry["service"], entry["number"]] = deepcopy(entry)
        self.world.die(entry, AT_ITS_END)
        return entry


def new_entry(world: World, spec: Any, journal: Journal) -> dict[str, Any]:
    """Return the entry of a release that may begin."""
    record, past = world.records[spec.service], world.past(spec.service)
    if record["revision"] == spec.revision:
        raise ConvergeError(f"{spec.service}: is what runs already")
    if went_back(past, spec.digest) and not spec.retry:
        raise ConvergeError(f"{spec.service}: was rolled back")
    number = max(int(journal.read().get("number", 0)), record["number"]) + 1
    sides = {"from": {name: record[name] for name in version("", "")}, "to": version(spec.service, spec.image_tag)}
    sides["to"]["revision"] = spec.revision
    plain = {"status": "running", "phase": "begun", "step": 0, "actor": "anna", "settings": {}}
    return {"service": spec.service, "number": number, **sides, **plain}


def refuse_version(world: World, spec: Any) -> None:
    if went_back(world.past(spec.service), spec.digest):
        raise ConvergeError(f"{spec.service}: was rolled back")


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    """Return what makes worlds of services."""

    def made(*services: str) -> World:
        world = World(*services)
        answers: dict[str, Callable[..., Any]] = {
            "new_entry": lambda _cloud, spec, journal, **_: new_entry(world, spec, journal),
            "refuse_version": lambda _cloud, spec, _journal: refuse_version(world, spec),
            "read_record": lambda _cloud, _table, name: world.records[name],
            "history": lambda journal, _most: world.past(journal.service),
            "release_of": lambda _cloud, _spec, _journal, entry, _say: Release(world, entry),
            "foresee": lambda *_: None,
            "plan_lines": lambda *_: [],
            "is_same": lambda _cloud, one, other: one.partition(" ")[0] == other.partition(" ")[0],
            "is_elsewhere": lambda _cloud, revision: revision.startswith("left/"),
            "registered_again": lambda _cloud, serving, digest: f"{serving} with {digest}",
        }
        for name, answer in answers.items():
            monkeypatch.setattr(module, name, answer)
        return world

    return made


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    return make("api", "cart", "web")


def killed(run: Several) -> None:
    with pytest.raises(KilledError):
        run.release()


def test_all_stay(world: World) -> None:
    ended = world.run().release()
    assert world.diary == ALL_NEW
    assert list(ended) == ["api", "cart", "web"]
    parts = [(part["service"], part["number"]) for part in world.journals["web"]["together"]]
    assert parts == [("api", 2), ("cart", 2), ("web", 2)]


def test_what_runs_is_not_released_for_a_second_revision_of_it(world: World) -> None:
    world.records["web"]["revision"] += " before another that failed"
    assert world.run(OLD, ["web"]).release() == {}
    assert world.said == ["web: 1.0.0 runs already"]


def test_one_alone_belongs_to_nothing(world: World) -> None:
    world.run(services=["web"]).release()
    assert world.journals["web"]["together"] == []


def test_when_the_last_goes_back_those_before_it_do_too_the_latest_first(world: World) -> None:
    world.bad = {"web 1.1.0"}
    ended = world.run().release()
    assert world.diary == [*ALL_NEW[:2], *ALL_BACK]
    assert {name: one["to"]["image_tag"] for name, one in ended.items()} == {"api": OLD, "cart": OLD, "web": NEW}
    assert world.stands() == [OLD] * 3


def test_what_ran_already_is_none_of_it(world: World) -> None:
    world.run(services=["api"]).release()
    world.bad = {"web 1.1.0"}
    world.run().release()
    assert world.stands() == [NEW, OLD, OLD]


#: Where a run of all three is killed; at the end of the first, nothing is known of the second yet.
DEATHS = [
    ("api 1.1.0", IN_THE_MIDDLE),
    ("api 1.1.0", AT_ITS_END),
    ("cart 1.1.0", IN_THE_MIDDLE),
    ("cart 1.1.0", AT_ITS_END),
    ("web 1.1.0", IN_THE_MIDDLE),
]


@pytest.mark.parametrize(("who", "place"), DEATHS)
def test_the_next_run_goes_on_and_nothing_is_done_twice(who: str, place: str, world: World) -> None:
    world.kills = {who: place}
    killed(world.run())
    ended = world.run().release()
    assert world.diary == ALL_NEW
    assert list(ended) == ["api", "cart", "web"]


@pytest.mark.parametrize(("who", "place"), DEATHS)
def test_what_the_killed_run_had_released_goes_back_too(who: str, place: str, world: World) -> None:
    world.kills = {who: place}
    killed(world.run())
    world.bad = {"web 1.1.0"}
    world.run().release()
    assert world.diary == [*ALL_NEW[:2], *ALL_BACK]
    assert world.stands() == [OLD] * 3


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("web 1.1.0", AT_ITS_END),
        ("cart 1.0.0", IN_THE_MIDDLE),
        ("cart 1.0.0", AT_ITS_END),
        ("api 1.0.0", IN_THE_MIDDLE),
    ],
)
def test_killed_on_the_way_back_the_next_run_takes_the_rest_back_first(who: str, place: str, world: World) -> None:
    world.bad, world.kills = {"web 1.1.0"}, {who: place}
    killed(world.run())
    with pytest.raises(ConvergeError, match="api: was rolled back"):
        world.run().release()
    assert world.diary == [*ALL_NEW[:2], *ALL_BACK]
    assert world.stands() == [OLD] * 3


def test_other_versions_begin_from_where_all_were_before(world: World) -> None:
    world.kills = {"web 1.1.0": IN_THE_MIDDLE}
    killed(world.run())
    world.run(NEWER).release()
    assert world.diary[:5] == [*ALL_NEW[:2], *ALL_BACK]
    assert world.stands() == [NEWER] * 3


def test_what_single_runs_have_left_ends_first_the_latest_of_the_order_first(world: World) -> None:
    for name in ("api", "web"):
        world.kills = {f"{name} 1.1.0": IN_THE_MIDDLE}
        killed(world.run(services=[name]))
    world.run(NEWER).release()
    assert world.diary[:2] == ["web 1.1.0 rolled back", "api 1.1.0 rolled back"]


def test_a_part_alone_is_not_gone_on_with(world: World) -> None:
    world.kills = {"web 1.1.0": IN_THE_MIDDLE}
    killed(world.run())
    with pytest.raises(ConvergeError, match="give -e services=api,cart,web, or take them back"):
        world.run(services=["web"]).release()
    assert world.diary == ALL_NEW[:2]


def test_what_was_released_anew_since_is_no_part_any_more(world: World) -> None:
    world.kills = {"cart 1.1.0": AT_ITS_END}
    killed(world.run(services=["api", "cart", "web"]))
    world.run(NEWER, services=["api"]).release()
    world.bad = {"web 1.2.0"}
    world.run(NEWER).release()
    assert world.stands() == [NEWER, OLD, OLD]


def test_an_abort_takes_back_what_had_ended_as_well(world: World) -> None:
    world.kills = {"web 1.1.0": IN_THE_MIDDLE}
    killed(world.run())
    world.run(services=["web", "api", "cart"]).abort()
    assert world.diary == [*ALL_NEW[:2], *ALL_BACK]


def test_an_abort_of_one_leaves_the_others_and_says_so(world: World) -> None:
    world.kills = {"web 1.1.0": IN_THE_MIDDLE}
    killed(world.run())
    world.run(services=["web"]).abort()
    assert "web ends alone: api, cart, released together with it, stays as it is" in world.said
    world.bad = {"web 1.2.0"}
    world.run(NEWER, services=["cart", "web"]).release()
    assert world.stands() == [NEW, NEW, OLD]


def test_an_abort_of_nothing_is_refused(world: World) -> None:
    world.run().release()
    with pytest.raises(ConvergeError, match="no release of api is going on; the last one succeeded"):
        world.run().abort()


def test_a_rollback_of_several_goes_the_other_way_round(world: World) -> None:
    world.run().release()
    world.run().take_back()
    assert world.diary[3:] == ["web 1.0.0 succeeded", "cart 1.0.0 succeeded", "api 1.0.0 succeeded"]


def test_a_killed_rollback_does_not_lead_back_to_what_it_left(world: World) -> None:
    world.run(services=["web"]).release()
    world.kills = {"web 1.0.0": IN_THE_MIDDLE}
    with pytest.raises(KilledError):
        world.run(services=["web"]).take_back()
    world.run(services=["web"]).take_back()
    assert world.diary == ["web 1.1.0 succeeded", "web 1.0.0 succeeded"]


def test_each_rollback_goes_further_back_until_there_is_none(world: World) -> None:
    for tag in (NEW, NEWER):
        world.run(tag, services=["web"]).release()
    world.diary.clear()
    for _ in range(2):
        world.run(services=["web"]).take_back()
    assert world.diary == ["web 1.1.0 succeeded", "web 1.0.0 succeeded"]
    with pytest.raises(ConvergeError, match="web runs the first version it had; there is nothing to go back to"):
        world.run(services=["web"]).take_back()


def test_a_rollback_never_leads_forward_to_what_the_last_one_left(world: World) -> None:
    """The version before the stable one and the one just left are the same where a version was released twice."""
    for tag in (NEW, NEWER, NEW):
        world.run(tag, services=["web"]).release()
    world.run(services=["web"]).take_back()
    assert world.records["web"]["previous"] == version("web", OLD)


def test_what_was_taken_back_by_hand_is_not_released_again_by_accident(world: World) -> None:
    world.run(NEW, services=["web"]).release()
    world.run(services=["web"]).take_back()
    world.run(NEWER, services=["web"]).release()
    with pytest.raises(ConvergeError, match="web: was rolled back"):
        world.run(NEW, services=["web"]).release()
    assert world.stands()[2] == NEWER


def test_what_a_killed_run_had_done_is_no_reason_against_going_on(world: World) -> None:
    world.kills = {"cart 1.1.0": IN_THE_MIDDLE}
    killed(world.run())
    world.run().check_registered()


def test_a_version_that_went_back_is_refused_while_another_is_unfinished(world: World) -> None:
    world.bad = {"web 1.2.0"}
    world.run(NEWER, services=["web"]).release()
    world.kills = {"web 1.1.0": IN_THE_MIDDLE}
    killed(world.run(NEW, services=["web"]))
    with pytest.raises(ConvergeError, match="web: was rolled back"):
        world.run(NEWER, services=["web"]).check_registered()


def released(world: World) -> None:
    """Give web three versions, of which the last goes back: releases 2, 3 and 4."""
    world.bad = {"web 1.3.0"}
    for tag in (NEW, NEWER, "1.3.0"):
        world.run(tag, services=["web"]).release()
    world.diary.clear()


def test_back_to_a_release_by_its_number(world: World) -> None:
    released(world)
    ended = world.run(services=["web"]).take_back(2)
    assert ended["web"]["to"]["image_tag"] == NEW
    assert world.diary == ["web 1.1.0 succeeded"]


def left(world: World, number: int) -> None:
    """Have web's release be one of the account that the environment has left."""
    world.ended["web", number]["to"]["revision"] = f"left/{number}"


def test_back_to_a_release_of_the_account_that_was_left(world: World) -> None:
    released(world)
    left(world, 2)
    ended = world.run(services=["web"]).take_back(2)
    assert ended["web"]["to"] == version("web", NEW) | {"revision": "web:1.2.0 with sha256:1.1.0"}
    told = "web: left/2 is not here; its image gets the settings of what serves (web:1.2.0)"
    assert told in world.said


def test_back_to_the_version_before_the_account_was_left(world: World) -> None:
    world.records["web"]["previous"]["revision"] = "left/1"
    ended = world.run(services=["web"]).take_back()
    assert ended["web"]["to"]["revision"] == "web:1.0.0 with sha256:0.9.0"


def test_what_serves_is_the_same_in_both_accounts(world: World) -> None:
    released(world)
    left(world, 3)
    with pytest.raises(ConvergeError, match="web: is what runs already"):
        world.run(services=["web"]).take_back(3)


def test_back_to_a_release_at_the_floor(world: World) -> None:
    released(world)
    world.records["web"]["floor"] = 2
    assert world.run(services=["web"]).take_back(2)["web"]["status"] == "succeeded"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (9, "web: release 9 is not there; see release_status.yml"),
        (4, "web: release 4 rolled back; see release_status.yml"),
        (2, f"web: 1.1.0 (release 2) {GONE} 3. {FORWARD}"),
        (3, "web: is what runs already"),
    ],
    ids=["none", "went back", "below the floor", "runs"],
)
def test_no_way_back_to_a_release_that_is_none(number: int, told: str, world: World) -> None:
    released(world)
    world.records["web"]["floor"] = 3
    with pytest.raises(ConvergeError) as refused:
        world.run(services=["web"]).take_back(number)
    assert str(refused.value) == told
    assert world.diary == []


@pytest.mark.parametrize("number", [0, 2], ids=["the one before", "by its number"])
def test_no_way_back_past_a_contraction_though_its_release_went_back(number: int, world: World) -> None:
    """It had raised the floor before it changed the schema; release 3 is the first without the old shape."""
    released(world)
    world.records["web"]["floor"] = 3
    with pytest.raises(ConvergeError) as refused:
        world.run(services=["web"]).take_back(number)
    assert str(refused.value) == f"web: 1.1.0 (release 2) {GONE} 3. {FORWARD}"


def test_a_way_back_does_not_make_an_old_version_a_new_one(world: World) -> None:
    released(world)
    world.run(services=["web"]).take_back(2)  # release 5
    world.run("1.4.0", services=["web"]).release()
    world.records["web"]["floor"] = 3
    with pytest.raises(ConvergeError, match=r"1\.1\.0 \(release 2\) needs a shape"):
        world.run(services=["web"]).take_back(5)


def test_where_one_of_several_cannot_go_back_none_does(world: World) -> None:
    released(world)
    with pytest.raises(ConvergeError, match="api: release 2 is not there"):
        world.run(services=["web", "api"]).take_back(2)
    assert world.diary == []
