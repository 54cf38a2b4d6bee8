"""What differs, and that applying it is enough."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change, differences
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import Unknown

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text("ab", max_size=2))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
)
STATES = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), VALUES, max_size=4)
NAMES = st.sets(st.sampled_from(["A", "B", "C", "D"]))


@given(STATES, STATES, NAMES, NAMES)
def test_applying_the_differences_reaches_what_is_wanted(
    wanted: dict[str, Any], actual: dict[str, Any], unordered: set[str], exact: set[str]
) -> None:
    changes = differences(wanted, actual, unordered=unordered, exact=exact)
    after = {**actual, **{name: change.after for name, change in changes.items()}}
    assert differences(wanted, after, unordered=unordered, exact=exact) == {}
    assert set(changes) <= set(wanted)


@given(STATES, NAMES, NAMES)
def test_equal_states_do_not_differ(state: dict[str, Any], unordered: set[str], exact: set[str]) -> None:
    assert differences(state, state, unordered=unordered, exact=exact) == {}


@given(st.lists(VALUES, max_size=4), st.randoms())
def test_order_matters_only_where_aws_keeps_it(items: list[Any], random: Any) -> None:
    shuffled = random.sample(items, len(items))
    assert differences({"A": items}, {"A": shuffled}, unordered=["A"], exact=["A"]) == {}


@pytest.mark.parametrize(
    ("wanted", "actual", "options", "differs"),
    [
        (1, 2, {}, True),
        (1, "1", {}, True),
        (True, 1, {}, True),
        (0, False, {}, True),
        ([1, 2], [2, 1], {}, True),
        ([1, 2], [2, 1], {"unordered": ["A"]}, False),
        ([1], [1, 2], {"unordered": ["A"]}, True),
        ({"x": 1}, {"x": 1, "y": 2}, {}, False),
        ({"x": 1}, {"x": 1, "y": 2}, {"exact": ["A"]}, True),
        ({"x": {"y": 1}}, {"x": {}}, {}, True),
        ({"x": 1}, json.dumps({"x": 1}), {"documents": ["A"]}, False),
        ({"x": 1}, json.dumps({"x": 1, "y": 2}), {"documents": ["A"]}, True),
        ("", None, {}, True),
    ],
)
def test_kinds_of_properties(wanted: Any, actual: Any, options: dict[str, list[str]], differs: bool) -> None:
    assert bool(differences({"A": wanted}, {"A": actual}, **options)) is differs


def test_what_is_not_wanted_is_left_alone() -> None:
    assert differences({"A": 1}, {"A": 1, "B": 2}) == {}


def test_tags_are_compared_whole() -> None:
    assert differences({"Tags": {"a": "1"}}, {"Tags": {"a": "1", "b": "2"}}) == {
        "Tags": Change({"a": "1", "b": "2"}, {"a": "1"})
    }


def test_an_unknown_value_always_differs() -> None:
    unknown = Unknown("ec2_vpc.main.VpcId")
    for wanted in (unknown, [unknown], {"x": unknown}):
        assert differences({"A": wanted}, {"A": wanted})
        assert differences({"A": wanted}, {"A": wanted}, exact=["A"])
