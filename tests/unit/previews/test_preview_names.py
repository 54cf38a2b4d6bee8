"""Names and services of previews, by property."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.previews.derive import (
    APART,
    LENGTH,
    preview_name,
    preview_service,
)

SERVICES = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,3}", fullmatch=True)
#: What looks like a name already, and anything else.
BRANCHES = st.one_of(st.from_regex(r"[a-z0-9A-Z/_.-]{1,50}", fullmatch=True), st.text(min_size=1))


@given(service=SERVICES, branch=BRANCHES)
@example(service="web", branch="{{ lookup('pipe', 'id') }}")
@example(service="web", branch="'; DROP ROLE web; --")
@example(service="web", branch="../../etc")
@example(service="web", branch="日本")
@example(service="web", branch="\ud800")
@example(service="a" * 50, branch="x" * 300)
def test_a_name_is_a_label_whatever_the_branch_is_called(service: str, branch: str) -> None:
    name = preview_name(service, branch)
    assert re.fullmatch(r"preview-[a-z0-9]+(-+[a-z0-9]+)*", name)
    assert len(name) <= LENGTH
    assert name == preview_name(service, branch)


@given(one=st.tuples(SERVICES, BRANCHES), other=st.tuples(SERVICES, BRANCHES))
@example(one=("web", "feature/x"), other=("web", "feature-x"))
@example(one=("web", "X"), other=("web", "x"))
@example(one=("a", "b-c"), other=("a-b", "c"))
@example(one=("web", "y" * 60), other=("web", "y" * 61))
@example(one=("web", "feature/x"), other=("web", preview_name("web", "feature/x").removeprefix("preview-web-")))
def test_no_two_branches_share_a_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (preview_name(*one) == preview_name(*other)) == (one == other)


def test_a_plain_branch_is_called_by_its_name() -> None:
    assert preview_name("web", "faster-notes") == "preview-web-faster-notes"
    assert re.fullmatch(r"preview-web-feature-x-[0-9a-f]{6}", preview_name("web", "feature/X"))


@given(declared=st.dictionaries(st.sampled_from([*APART, "service_cpu", "network_cidr"]), st.integers()))
def test_a_preview_is_the_declared_service_but_for_what_makes_it_one(declared: dict[str, Any]) -> None:
    made = preview_service(declared, "web", "preview-web-x", "preview-web-x.example.com", "1.1.0")
    assert {name: made[name] for name in APART} == APART
    assert made.get("service_cpu") == declared.get("service_cpu")
    assert "network_cidr" not in made
    assert (made["service_of"], made["service_image_tag"]) == ("web", "1.1.0")
    assert made["service_domain"] == "preview-web-x.example.com"


@pytest.mark.parametrize(("declared", "made"), [("none", "none"), ("client", "client"), ("server", "client")])
def test_a_preview_calls_others_and_takes_nobodys_name(declared: str, made: str) -> None:
    given_ = {"service_mesh": declared, "service_mesh_name": "web"}
    found = preview_service(given_, "web", "preview-web-x", "preview-web-x.example.com", "1.1.0")
    assert (found["service_mesh"], found["service_mesh_name"]) == (made, "preview-web-x")
