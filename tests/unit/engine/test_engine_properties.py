"""What holds of every run, whatever is declared, whatever is there and whatever is refused."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.compare import canonical
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import CHANGED, FAILED, SKIPPED, UNCHANGED
from tests.unit.engine.fake import FakeCloud, actions, converge, entry

NAMES = [f"n{number}" for number in range(6)]
TAGS = {"project": "test"}
TEXTS = st.text("ab", max_size=2)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "Size": st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.dictionaries(TEXTS, st.integers(0, 2))),
        "Peer": TEXTS,
        "Password": TEXTS,
        "Parts": st.lists(st.integers(0, 2), max_size=3),
        "Kind": st.sampled_from(["one", "two"]),
    },
)
Needs = dict[str, set[str]]


@st.composite
def declarations(draw: st.DrawFn) -> tuple[list[dict[str, Any]], Needs]:
    """Return resources in any order, and the names each of them needs, by reference or by ``depends_on``."""
    needs: Needs = {}
    entries = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1)):
        after, refers = draw(st.sets(st.sampled_from([*needs]))) if needs else set(), draw(st.booleans())
        properties = draw(PROPERTIES)
        if after and refers:
            properties["Peer"] = " ".join(f"${{gadget.{other}.Id}}" for other in sorted(after))
        more = {} if refers else {"depends_on": [f"gadget.{other}" for other in sorted(after)]}
        entries.append({**entry(name, "gadget", **properties), **more})
        needs[name] = after
    return draw(st.permutations(entries)), needs


@st.composite
def clouds(draw: st.DrawFn) -> FakeCloud:
    """Return a cloud in which any of the names may stand already, in any state."""
    cloud = FakeCloud()
    there = draw(st.dictionaries(st.sampled_from(NAMES), PROPERTIES))
    tags = st.dictionaries(st.sampled_from(["project", "stray"]), st.just("test"))
    cloud.things = {name: {"Id": f"id-{name}", "Tags": draw(tags), **state} for name, state in there.items()}
    return cloud


def expected(declared: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that a resource must have in the end."""
    properties = dict(declared["properties"])
    if "gadget." in str(properties.get("Peer")):
        properties["Peer"] = " ".join(f"id-{part.split('.')[1]}" for part in properties["Peer"].split())
    return properties


def stands(cloud: FakeCloud, declared: dict[str, Any]) -> bool:
    """Say whether a resource is there as declared, told without the engine's own comparison."""
    thing = cloud.things.get(declared["name"])
    return (
        thing is not None
        and thing["Tags"] == TAGS
        and all(_has(thing.get(name), value) for name, value in expected(declared).items())
    )


def _has(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and wanted.items() <= actual.items()
    if isinstance(wanted, list):
        return isinstance(actual, list) and sorted(actual) == sorted(wanted)
    return canonical(actual) == canonical(wanted)


@settings(max_examples=60, deadline=None)
@given(declarations(), clouds())
def test_one_run_reaches_what_is_declared_and_the_next_changes_nothing(
    declared: tuple[list[dict[str, Any]], Needs], cloud: FakeCloud
) -> None:
    entries, needs = declared
    others = {name: copy.deepcopy(thing) for name, thing in cloud.things.items() if name not in needs}
    converge(cloud, entries)
    assert all(stands(cloud, item) for item in entries)
    assert others.items() <= cloud.things.items()
    cloud.written.clear()
    assert set(actions(converge(cloud, entries)).values()) == {UNCHANGED}
    assert cloud.written == []


@settings(max_examples=60, deadline=None)
@given(declarations(), clouds(), st.booleans())
def test_check_mode_foretells_the_run_and_writes_nothing(
    declared: tuple[list[dict[str, Any]], Needs],
    cloud: FakeCloud,
    absent: bool,
) -> None:
    entries, _ = declared
    before = copy.deepcopy(cloud.things)
    planned = actions(converge(cloud, entries, check=True, absent=absent))
    assert cloud.written == []
    assert cloud.things == before
    assert actions(converge(cloud, entries, absent=absent)) == planned


@settings(max_examples=60, deadline=None)
@given(declarations(), clouds(), st.booleans())
def test_writes_follow_the_needs(
    declared: tuple[list[dict[str, Any]], Needs],
    cloud: FakeCloud,
    absent: bool,
) -> None:
    entries, needs = declared
    converge(cloud, entries, absent=absent)
    places: dict[str, list[int]] = {}
    for place, (_, name) in enumerate(cloud.written):
        places.setdefault(name, []).append(place)
    for name, after in needs.items():
        for other in after & places.keys() if name in places else ():
            first, second = (name, other) if absent else (other, name)
            assert max(places[first]) < min(places[second])


@settings(max_examples=60, deadline=None)
@given(declarations(), clouds(), st.sets(st.sampled_from(NAMES)))
def test_a_refusal_stops_what_needs_it_and_nothing_else(
    declared: tuple[list[dict[str, Any]], Needs], cloud: FakeCloud, refused: set[str]
) -> None:
    entries, needs = declared
    would = {name for name, outcome in converge(cloud, entries, check=True).items() if outcome.action in CHANGED}
    cloud.refuses = refused
    found = actions(converge(cloud, entries))
    assert {name for name, action in found.items() if action == FAILED} <= would & refused
    stopped = {name for name, action in found.items() if action in {FAILED, SKIPPED}}
    assert {name for name, action in found.items() if action == SKIPPED} == {n for n in found if needs[n] & stopped}
    assert all(stands(cloud, item) for item in entries if item["name"] not in stopped)
    cloud.refuses = set()
    converge(cloud, entries)
    assert all(stands(cloud, item) for item in entries)
