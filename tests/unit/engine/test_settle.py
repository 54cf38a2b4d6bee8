"""What a group has written is read back together, and one of it that fails does not hide the others."""

from __future__ import annotations

import copy
import sys
import types
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import PACKAGE
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, Resource, State
from tests.unit.engine.fake import FakeCloud, Thing, actions, converge, entry

MANY = [entry(f"t{number}", "herd", Size=number) for number in range(40)]


class Herd(Thing):
    """A type of which all are read in one call, as a bulk call of AWS does; ``Kind: cursed`` spoils the whole call."""

    #: Names by the number of reads in which AWS does not show them yet.
    late: dict[str, int] = {}  # noqa: RUF012  the base class says ClassVar
    reads: list[int] = []  # noqa: RUF012  as above
    broken: set[str] = set()  # noqa: RUF012  as above

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Read all at once."""
        self.reads.append(len(resources))
        cursed = sorted(resource.name for resource in resources if resource.properties.get("Kind") == "cursed")
        if cursed:
            raise ConvergeError(f"{cursed[0]} may not be read")
        states = {resource.name: self.find_one(resource) for resource in resources}
        return {name: state for name, state in states.items() if state is not None and self._seen(name)}

    def ready(self, state: State) -> bool:
        """Refuse those that are broken for ever."""
        if state["Id"] in self.broken:
            raise ConvergeError("ended as broken")
        return True

    def _seen(self, name: str) -> bool:
        self.late[name] = self.late.get(name, 0) - 1
        return self.late[name] < 0


@pytest.fixture(autouse=True)
def _herd(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType(f"{PACKAGE}.herd")
    vars(module)["ADAPTER"] = Herd
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(cloud, "wait", lambda _: None)
    for name, empty in (("late", {}), ("reads", []), ("broken", set())):
        monkeypatch.setattr(Herd, name, empty)


def test_forty_are_looked_for_and_read_back_in_two_calls(cloud: FakeCloud) -> None:
    assert set(actions(converge(cloud, MANY)).values()) == {"created"}
    assert Herd.reads == [40, 40]


def test_only_those_that_aws_does_not_show_are_asked_for_again(cloud: FakeCloud) -> None:
    Herd.late["t7"] = 2
    assert set(actions(converge(cloud, MANY)).values()) == {"created"}
    assert Herd.reads == [40, 40, 1, 1]


def test_what_never_shows_fails_alone(cloud: FakeCloud) -> None:
    Herd.late["t7"] = 1000
    outcomes = converge(cloud, MANY)
    assert outcomes["t7"].message.startswith("was created, but AWS does not show it after")
    assert [name for name, action in actions(outcomes).items() if action != "created"] == ["t7"]


def test_what_ends_broken_fails_alone(cloud: FakeCloud) -> None:
    Herd.broken.add("id-t7")
    outcomes = converge(cloud, MANY)
    assert (outcomes["t7"].action, outcomes["t7"].message) == ("failed", "ended as broken")
    assert [name for name, action in actions(outcomes).items() if action != "created"] == ["t7"]


@pytest.mark.parametrize(
    ("state", "told"), [({"State": {"Code": "provisioning"}}, ", State is provisioning"), ({"Size": "1"}, "")]
)
def test_what_never_gets_ready_ends_with_how_far_it_was(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch, state: State, told: str
) -> None:
    monkeypatch.setattr(Herd, "ready", lambda *_: False)
    monkeypatch.setattr(Herd, "timeout", 10)
    monkeypatch.setattr(cloud, "read", lambda *_, **__: {"thing": {"Id": "id-a", "Tags": {}, **state}})
    message = converge(cloud, [entry("a", "herd")])["a"].message
    assert message == f"is not ready after 10 s{told}; run again to go on waiting"


def test_one_that_spoils_the_bulk_call_does_not_hide_the_others(cloud: FakeCloud) -> None:
    outcomes = converge(cloud, [*MANY, entry("bad", "herd", Kind="cursed")])
    assert outcomes.pop("bad").message == "bad may not be read"
    assert set(actions(outcomes).values()) == {"created"}


def test_the_second_run_reads_once(cloud: FakeCloud) -> None:
    converge(cloud, MANY)
    Herd.reads.clear()
    assert set(actions(converge(cloud, MANY)).values()) == {"unchanged"}
    assert Herd.reads == [40]


class LateCloud(FakeCloud):
    """Shows for a number of reads what was before the last update."""

    def __init__(self, reads: int) -> None:
        super().__init__()
        self.reads = reads
        self._old: dict[str, State] = {}

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "update":
            self._old = copy.deepcopy(self.things)
        if operation == "read" and self._old and self.reads:
            self.reads -= 1
            return {"thing": copy.deepcopy(self._old[parameters["name"]])}
        return super()._call(service, operation, parameters)


@pytest.mark.parametrize(("reads", "size"), [(3, 2), (1000, 1)])
def test_an_update_is_read_until_it_shows_and_made_once(reads: int, size: int) -> None:
    cloud = LateCloud(reads)
    converge(cloud, [entry("a", Size=1)])
    found = converge(cloud, [entry("a", Size=2)])["a"]
    assert (found.action, found.state["Size"], found.warning) == ("updated", size, "")
    assert cloud.written == [("create", "a"), ("update", "a")]
