"""The engine against a cloud in memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import CREATED, DELETED, FAILED, SKIPPED, UNCHANGED
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import Unknown
from tests.unit.engine.fake import FakeCloud, actions, converge, entry

CHAIN = [entry("c", Peer="${thing.b.Id}"), entry("b", Peer="${thing.a.Id}"), entry("a", Size=1)]


def test_makes_what_is_referred_to_first(cloud: FakeCloud) -> None:
    converge(cloud, CHAIN)
    assert cloud.written == [("create", "a"), ("create", "b"), ("create", "c")]
    assert cloud.things["c"]["Peer"] == "id-b"


def test_second_run_changes_nothing(cloud: FakeCloud) -> None:
    converge(cloud, CHAIN)
    assert set(actions(converge(cloud, CHAIN)).values()) == {UNCHANGED}
    assert len(cloud.written) == 3


def test_what_a_cloud_does_not_keep_is_told_and_stops_nothing(cloud: FakeCloud) -> None:
    cloud.keeps = {"Size": 1}
    found = converge(cloud, [entry("a", Size=2), entry("b", Peer="${thing.a.Id}")])
    assert set(actions(found).values()) == {CREATED}
    assert found["a"].warning == "AWS took Size and shows other values: Size is 1 and not 2"
    assert cloud.written.count(("update", "a")) == 1
    assert not found["b"].warning
    assert converge(cloud, [entry("a", Size=2)], check=True)["a"].after == {"Size": 2}


def test_a_long_value_is_cut_and_a_secret_one_hidden_where_it_was_not_kept(cloud: FakeCloud) -> None:
    cloud.keeps = {"Parts": ["old"], "Password": "old"}
    new = "new"
    warning = converge(cloud, [entry("a", Parts=["x" * 100], Password=new)])["a"].warning
    assert f"Parts is ['old'] and not ['{'x' * 77}…, Password is '(sensitive)'" in warning
    assert new not in warning


def not_there(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "AssociateKey")


NOT_THERE = [
    ("InvalidAction", "Could not find it"),
    ("UnknownOperationException", ""),
    ("InvalidOperationException", "Unknown action: AssociateKey"),
    ("InternalFailure", "AssociateKey is not yet implemented"),
]


@pytest.mark.parametrize(("code", "message"), NOT_THERE)
def test_a_value_for_which_there_is_no_call_here_is_told_each_time_and_stops_nothing(
    cloud: FakeCloud, code: str, message: str
) -> None:
    cloud.keeps = {"Size": 1}
    wanted = [entry("a", Size=2), entry("b", Peer="${thing.a.Id}")]
    cloud.errors["update"] = not_there(code, message)
    first, second = converge(cloud, wanted), converge(cloud, wanted)
    assert (set(actions(first).values()), set(actions(second).values())) == ({CREATED}, {UNCHANGED})
    for found in (first, second):
        assert found["a"].warning.startswith("AssociateKey was refused with ")
        assert found["a"].warning.endswith("; until then Size is 1 and not 2")
    assert actions(converge(cloud, wanted, check=True))["a"] == "updated"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", "not authorized to perform AssociateKey"),
        ("InvalidParameter", "Unknown action in the document"),
        ("UnsupportedOperation", "AssociateKey is not supported for this engine; unknown key"),
        ("Conflict", ""),
    ],
)
def test_a_refusal_of_a_call_that_there_is_fails(cloud: FakeCloud, code: str, message: str) -> None:
    cloud.keeps = {"Size": 1}
    cloud.errors["update"] = not_there(code, message)
    for _ in range(2):
        found = converge(cloud, [entry("a", Size=2), entry("b", Peer="${thing.a.Id}")])
        assert actions(found) == {"a": FAILED, "b": SKIPPED}


@pytest.mark.parametrize(("code", "action"), [("InvalidAction", UNCHANGED), ("AccessDenied", FAILED)])
def test_of_what_cannot_be_asked_for_nothing_is_to_be_removed(cloud: FakeCloud, code: str, action: str) -> None:
    converge(cloud, [entry("a")])
    cloud.errors["read"] = not_there(code, "")
    assert actions(converge(cloud, [entry("a")], absent=True)) == {"a": action}
    assert actions(converge(cloud, [entry("a")])) == {"a": FAILED}


class Half(FakeCloud):
    """Sets a size, and has no call for the rest of an update."""

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "update":
            self.things["a"]["Size"] = 2
            raise not_there("InvalidAction", "")
        return super()._call(service, operation, parameters)


def test_what_an_update_did_before_a_call_that_is_not_there_is_a_change() -> None:
    cloud = Half()
    converge(cloud, [entry("a", Size=1)])
    found = converge(cloud, [entry("a", Size=2, Parts=["p"])])["a"]
    assert (found.action, found.before, found.after) == ("updated", {"Size": 1}, {"Size": 2})
    assert found.warning.endswith("until then Parts is None and not ['p']")


def test_what_was_mended_after_creation_is_not_told_as_missing() -> None:
    cloud = Half()
    cloud.keeps = {"Size": 1, "Parts": []}
    found = converge(cloud, [entry("a", Size=2, Parts=["p"])])["a"]
    assert (found.action, found.state["Size"]) == (CREATED, 2)
    assert found.warning.endswith("until then Parts is [] and not ['p']")


def test_plan_on_an_empty_account_is_whole_and_writes_nothing(cloud: FakeCloud) -> None:
    found = converge(cloud, CHAIN, check=True)
    assert set(actions(found).values()) == {CREATED}
    assert cloud.written == []
    assert found["c"].after["Peer"] == Unknown("thing.b.Id")
    assert found["c"].as_result()["after"]["Peer"] == "(known after apply: thing.b.Id)"


def test_plan_of_a_change_writes_nothing(cloud: FakeCloud) -> None:
    converge(cloud, [entry("a", Size=1)])
    found = converge(cloud, [entry("a", Size=2)], check=True)
    assert (found["a"].before, found["a"].after) == ({"Size": 1}, {"Size": 2})
    assert cloud.things["a"]["Size"] == 1


def test_tags_that_are_not_wanted_go(cloud: FakeCloud) -> None:
    converge(cloud, [entry("a")])
    cloud.things["a"]["Tags"]["stray"] = "x"
    assert converge(cloud, [entry("a")])["a"].changed
    assert cloud.things["a"]["Tags"] == {"project": "test"}


def test_removes_in_the_reverse_order(cloud: FakeCloud) -> None:
    converge(cloud, CHAIN)
    cloud.written.clear()
    assert set(actions(converge(cloud, CHAIN, absent=True)).values()) == {DELETED}
    assert cloud.written == [("delete", "c"), ("delete", "b"), ("delete", "a")]
    assert set(actions(converge(cloud, CHAIN, absent=True)).values()) == {UNCHANGED}


def test_a_failure_stops_what_depends_on_it_and_nothing_else(cloud: FakeCloud) -> None:
    cloud.refuses.add("b")
    found = converge(cloud, [*CHAIN, entry("alone")])
    assert actions(found) == {"a": CREATED, "b": FAILED, "c": SKIPPED, "alone": CREATED}
    assert found["b"].message == "create of b was refused"
    assert found["c"].message == "not tried, because thing.b failed"


def test_a_failed_removal_keeps_what_it_needs(cloud: FakeCloud) -> None:
    converge(cloud, CHAIN)
    cloud.refuses.add("b")
    found = converge(cloud, CHAIN, absent=True)
    assert actions(found) == {"a": SKIPPED, "b": FAILED, "c": DELETED}
    assert set(cloud.things) == {"a", "b"}


def test_what_cannot_change_is_told_with_both_values(cloud: FakeCloud) -> None:
    converge(cloud, [entry("a", Kind="one")])
    message = converge(cloud, [entry("a", Kind="two")])["a"].message
    assert "Kind is 'one'" in message
    assert "'two'" in message


def test_replaceable_types_are_made_anew(cloud: FakeCloud) -> None:
    converge(cloud, [entry("a", "gadget", Kind="one")])
    cloud.written.clear()
    converge(cloud, [entry("a", "gadget", Kind="two")])
    assert cloud.written == [("delete", "a"), ("create", "a")]


def test_secrets_never_stand_in_outcomes(cloud: FakeCloud) -> None:
    told = [converge(cloud, [entry("a", Password=text)])["a"] for text in ("first-secret", "second-secret")]
    told.append(converge(cloud, [entry("b", Password="third-secret")], check=True)["b"])  # noqa: S106  no real one
    text = json.dumps([[outcome.as_result(), outcome.as_diff()] for outcome in told])
    assert "-secret" not in text
    assert "(sensitive)" in text


def test_hosts_of_a_fleet_do_not_mix(cloud: FakeCloud) -> None:
    one = [entry("a", Size=1), entry("b", Peer="${thing.a.Id}")]
    converge(cloud, one, host="web")
    converge(cloud, [entry("a", Size=2), entry("b", Peer="${thing.a.Id}")], host="api")
    assert cloud.things["web/b"]["Peer"] == "id-web/a"
    assert cloud.things["api/b"]["Peer"] == "id-api/a"
    assert (cloud.things["web/a"]["Size"], cloud.things["api/a"]["Size"]) == (1, 2)


def test_a_guard_that_refuses_stops_every_write() -> None:
    def refuse() -> None:
        raise ConvergeError("the lease is lost")

    cloud = FakeCloud(refuse)
    found = converge(cloud, [entry("a")])
    assert (found["a"].action, found["a"].message) == (FAILED, "the lease is lost")
    assert cloud.things == {}


WRONG: list[tuple[list[dict[str, Any]], str]] = [
    ([entry("a", Peer="${thing.b.Id}"), entry("b", Peer="${thing.a.Id}")], "in a circle: thing.a, thing.b"),
    ([entry("a", Peer="${thing.nowhere.Id}")], "thing.a refers to thing.nowhere, which this task does not declare"),
    ([entry("a", Sise=1)], "there is no property 'Sise'; did you mean Size?"),
    ([entry("a"), entry("a")], "thing.a is declared twice"),
    ([{"type": "ec2_vpcs", "name": "a"}], "resource type 'ec2_vpcs' does not exist; did you mean ec2_vpc"),
    ([{**entry("a"), "propertys": {}}], "unknown keys ['propertys']"),
    ([{**entry("a"), "state": "gone"}], "state is 'gone', allowed are present and absent"),
    ([{**entry("a"), "depends_on": ["b"]}], "depends_on has 'b'; write type.name"),
    ([entry("a", "ec2_vpc")], "property 'CidrBlock' is required"),
    (
        [entry("a", TagSpecifications=[{"ResourceTyp": "vpc"}])],
        "has no field 'ResourceTyp'; did you mean ResourceType?",
    ),
]


@pytest.mark.parametrize(("entries", "message"), WRONG)
def test_wrong_declarations_are_told_before_any_call(
    cloud: FakeCloud, entries: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ConvergeError) as caught:
        converge(cloud, entries)
    assert message in str(caught.value)
    assert not cloud.calls


def test_every_mistake_is_told_at_once(cloud: FakeCloud) -> None:
    with pytest.raises(ConvergeError) as caught:
        converge(cloud, [entry("a", Sise=1), entry("b", Piir=1)])
    assert "thing.a" in str(caught.value)
    assert "thing.b" in str(caught.value)


@st.composite
def graphs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return declarations in any order whose references form no circle."""
    count = draw(st.integers(1, 8))
    entries = []
    for number in range(count):
        peers = draw(st.lists(st.integers(0, number - 1), max_size=3)) if number else []
        kind = draw(st.sampled_from(["thing", "gadget"]))
        entries.append((kind, number, peers))
    kinds = {number: kind for kind, number, _ in entries}
    declared = [
        entry(f"n{number}", kind, Parts=[f"${{{kinds[peer]}.n{peer}.Id}}" for peer in peers])
        for kind, number, peers in entries
    ]
    return draw(st.permutations(declared))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_order_respects_references_whatever_they_are(entries: list[dict[str, Any]]) -> None:
    cloud = FakeCloud()
    converge(cloud, entries, check=True)
    assert cloud.written == []
    converge(cloud, entries)
    order = {name: place for place, (_, name) in enumerate(cloud.written)}
    for item in entries:
        for part in cloud.things[item["name"]]["Parts"]:
            assert order[part.removeprefix("id-")] < order[item["name"]]
    assert set(actions(converge(cloud, entries)).values()) == {UNCHANGED}
    converge(cloud, entries, absent=True)
    assert cloud.things == {}
