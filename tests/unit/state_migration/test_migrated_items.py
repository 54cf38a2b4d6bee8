"""Which items of the lease table one account lacks of another, and when nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.records import stored
from ansible_collections.slipway.aws.plugins.plugin_utils.state_migration.items import (
    Item,
    diverged,
    going_on,
    lacking,
)

Items = dict[str, Item]


def item(key: str, **values: Any) -> Items:
    return {key: stored({"id": key, **values})["M"]}


def releases(*tags: str, service: str = "web", status: str = "succeeded", fence: int = 4) -> Items:
    """Return the journals of releases, as they are after the last of them."""
    found: Items = {}
    for number, tag in enumerate(tags, 2):
        told = {"number": number, "to": {"image_tag": tag}, "status": status, "fence": fence}
        found |= item(f"release#{service}#{number:06d}", **told) | item(f"release#{service}", **told)
    return found


def record(number: int, digest: str = "sha256:b", revision: str = "web:9", **more: Any) -> Items:
    own = {"stable": "green", "engine": "weighted", "revision": revision}
    return item("services/web", number=number, digest=digest, **{**own, **more})


#: Seconds; parameters of tests are made when the tests are collected, which may be long before.
LONG = 24 * 3600


def lease(seconds: float, **more: Any) -> Items:
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    holder = {"user": "anna", "machine": "box", "pid": "7", "since": "10:00"}
    return item("lease#network", fence=3, **{"run": "r1", "until": until, "holder": holder, **more})


def test_what_is_not_here_is_copied_as_it_is() -> None:
    theirs = releases("1.1.0", "1.2.0") | item("experiment#web", ended=5.0) | lease(-5) | item("switch#web", fence=3)
    found = lacking(theirs, {})
    assert found.items == releases("1.1.0", "1.2.0") | item("experiment#web", ended=5.0)
    assert lacking(theirs, found.items).items == {}


def test_what_came_since_follows() -> None:
    theirs, ours = releases("1.1.0", "1.2.0", "1.3.0"), releases("1.1.0", "1.2.0")
    assert diverged(theirs, ours) == []
    assert set(lacking(theirs, ours).items) == {"release#web#000004", "release#web"}


def test_under_which_lease_a_journal_was_written_is_no_difference() -> None:
    theirs = releases("1.1.0")
    assert lacking(theirs, theirs | {"release#web": releases("1.1.0", fence=1)["release#web"]}).items == {}


def test_what_was_released_here_since_stays() -> None:
    theirs, ours = releases("1.1.0"), releases("1.1.0", "1.2.0")
    assert diverged(theirs, ours) == []
    assert lacking(theirs, ours).items == {}


def test_a_release_here_that_has_not_ended_is_one() -> None:
    ours = releases("1.1.0") | item("release#web", number=3, status="running", fence=9)
    assert lacking(releases("1.1.0"), ours).items == {}
    told = diverged(releases("1.1.0", "1.2.0"), ours)
    assert told == ["web was released in both since they were the same: there 3, here 3"]


def test_a_copy_that_was_cut_is_none() -> None:
    theirs = releases("1.1.0", "1.2.0")
    for key in theirs:
        ours = {other: one for other, one in theirs.items() if other != key}
        assert diverged(theirs, ours) == []
        assert set(lacking(theirs, ours).items) == {key}


def test_what_was_released_in_both_is_refused_by_its_numbers() -> None:
    told = diverged(releases("1.1.0", "1.2.0", "1.3.0"), releases("1.1.0", "1.9.0"))
    assert told == ["web was released in both since they were the same: there 3, 4, here 3"]
    other = releases("1.1.0", service="api")
    assert diverged(releases("1.1.0", "1.2.0") | other, releases("1.1.0", "1.9.0") | other) != []
    assert diverged(releases("1.1.0", "1.2.0"), releases("1.1.0") | other) == []


def test_a_record_waits_until_something_serves_here() -> None:
    theirs = releases("1.2.0") | record(7)
    for ours in ({}, record(1, revision="")):
        assert lacking(theirs, ours).waiting == ["web"]
        assert "services/web" not in lacking(theirs, ours).items
    assert lacking(theirs, record(1)).waiting == []


def test_the_record_of_the_same_version_keeps_what_is_this_accounts() -> None:
    before = {"image_tag": "1.1.0", "digest": "sha256:a", "revision": "arn/old:6"}
    theirs = record(7, revision="arn/old:7", floor=5, previous=before)
    ours = record(1, revision="arn/new:1", stable="blue", engine="ecs")
    found = lacking(theirs, ours).items
    assert found == record(7, revision="arn/new:1", stable="blue", engine="ecs", floor=5, previous=before)
    assert lacking(theirs, found).items == {}


def test_of_another_version_only_how_far_one_may_go_back_is_taken_over() -> None:
    theirs = record(7, digest="sha256:c", floor=5)
    assert lacking(theirs, record(1)).items == record(1, floor=5)
    assert lacking(theirs, record(8, floor=6)).items == {}
    assert lacking(record(7), record(1, digest="sha256:x")).items == {}


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (lease(LONG), "network is being changed by anna on box (process 7)"),
        (lease(LONG) | item("lease#web", fence=1), "network is being changed"),
        (releases("1.1.0", status="running"), "release 2 of web has not ended"),
        (releases("1.1.0", status="stopped"), "release 2 of web has not ended"),
        (releases("1.1.0", status="waits"), "release 2 of web has not ended"),
        (item("experiment#web", ended=0.0), "an experiment of web goes on"),
    ],
)
def test_what_goes_on_is_told(items: Items, told: str) -> None:
    (found,) = going_on(items)
    assert found.startswith(told)


def test_what_has_ended_goes_on_no_more() -> None:
    ended = (
        releases("1.1.0") | releases("1.1.0", service="api", status="rolled back") | item("experiment#web", ended=5.0)
    )
    assert going_on(ended | lease(-60) | item("lease#web", fence=1)) == []
