"""Places of previews: who gets one, when it is free again, and who is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.previews.derive import preview_name
from ansible_collections.slipway.aws.plugins.plugin_utils.previews.places import (
    PLACES,
    Preview,
    Terms,
    chosen,
    claimed,
    is_ours,
    term_problems,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

TERMS = Terms(limit=5, hours=72, most=336, first_priority=40001)


def preview(branch: str, place: int = 0, **other: Any) -> Preview:
    name = preview_name("web", branch)
    fields = {"image_tag": "1.0.0", "hours": 72, "expires": "2026-05-01T09:00:00Z", **other}
    return Preview(place, name, "web", branch, domain=f"{name}.x.org", load_balancer="main", database=True, **fields)


@given(
    branches=st.lists(st.sampled_from("abcdefgh"), max_size=20),
    removed=st.lists(st.integers(0, 7), max_size=5),
    limit=st.integers(1, 6),
)
def test_never_more_than_the_limit_nor_two_in_a_place(branches: list[str], removed: list[int], limit: int) -> None:
    there: list[Preview] = []
    for number, branch in enumerate(branches):
        try:
            got = claimed(preview(branch), there, limit)
        except ConvergeError:
            assert len(there) == limit
            continue
        there = [*(one for one in there if one.name != got.name), got]
        if number in removed:
            there.pop(0)
        assert len({one.place for one in there}) == len(there) <= limit
        assert all(one.place < limit for one in there)


def test_nothing_new_keeps_its_end_and_a_new_image_gets_another() -> None:
    there = [preview("a"), preview("b", 1)]
    assert claimed(preview("b", expires="later"), there, 2) == there[1]
    changed = claimed(preview("b", image_tag="1.1.0", expires="later"), there, 2)
    assert (changed.place, changed.expires) == (1, "later")


def test_one_too_many_is_told_which_ends_first() -> None:
    there = [preview("a", expires="2026-05-02T09:00:00Z"), preview("b", 1)]
    with pytest.raises(ConvergeError, match="the first to end is that of branch 'b', 2026-05-01T09:00:00Z"):
        claimed(preview("c"), there, 2)


def test_a_limit_that_was_lowered_counts_those_beyond_it() -> None:
    with pytest.raises(ConvergeError, match="there are 1 previews, and preview_limit is 1"):
        claimed(preview("b"), [preview("a", 3)], 1)


def test_a_name_that_is_another_branchs_is_refused() -> None:
    with pytest.raises(ConvergeError, match="is the preview of web on branch 'other' already"):
        claimed(preview("b"), [replace(preview("b"), branch="other")], 5)


def test_only_a_name_that_follows_from_its_branch_is_ours() -> None:
    assert is_ours(preview("feature/x"))
    assert not is_ours(replace(preview("feature/x"), name="web"))


@pytest.mark.parametrize(
    ("which", "branch", "service", "names"),
    [
        ("all", "", "", ["a", "b"]),
        ("expired", "", "", ["a"]),
        ("branch", "b", "", ["b"]),
        ("branch", "b", "web", ["b"]),
        ("branch", "b", "api", []),
        ("branch", "c", "", []),
    ],
)
def test_which_are_removed(which: str, branch: str, service: str, names: list[str]) -> None:
    there = [preview("a"), preview("b", 1, expires="2026-05-01T09:00:01Z")]
    assert [one.branch for one in chosen(there, which, branch, service, "2026-05-01T09:00:00Z")] == names


@pytest.mark.parametrize(
    ("terms", "listed", "told"),
    [
        (TERMS, {"web": {"priority": 100}, "api": None}, None),
        (TERMS._replace(limit=PLACES + 1), {}, "preview_limit is 51; allowed are 1 to 50"),
        (TERMS._replace(limit=0), {}, "preview_limit is 0"),
        (TERMS._replace(hours=337), {}, "preview_lifetime_hours is 337; allowed are 1 to 336"),
        (TERMS, {"web": {"priority": 40050}}, "environment_services.web.priority is 40050; 40001 to 40050"),
        (TERMS, {"web": {"priority": 40051}}, None),
    ],
)
def test_terms_that_cannot_be(terms: Terms, listed: dict[str, Any], told: str | None) -> None:
    found = list(term_problems(terms, listed))
    assert [told in text for text in found] == [True] if told else found == []
