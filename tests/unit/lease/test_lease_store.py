"""Leases in DynamoDB: one writer at a time, told apart by a number that only grows."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import Holder, LeaseHeldError, LeaseStore, ends

ANNA = Holder("run-a", "anna", "build-1", "boot", 1, "10", "2026-01-02T03:04:05+00:00")
BERT = replace(ANNA, run="run-b", user="bert", pid=2)


def test_the_second_is_told_who_holds_it_and_what_to_do(store: LeaseStore) -> None:
    store.acquire("web", ANNA, takeover=False)
    with pytest.raises(LeaseHeldError) as caught:
        store.acquire("web", BERT, takeover=False)
    for part in ("web is being changed by anna on build-1", "process 1", ANNA.since, "slipway_takeover=true"):
        assert part in str(caught.value)


def test_other_hosts_go_ahead(store: LeaseStore) -> None:
    store.acquire("web", ANNA, takeover=False)
    assert store.acquire("api", BERT, takeover=False) == 1


def test_the_holder_may_take_it_again(store: LeaseStore) -> None:
    assert [store.acquire("web", ANNA, takeover=False) for _ in range(2)] == [1, 2]


def test_the_number_grows_over_release_expiry_and_takeover(store: LeaseStore) -> None:
    first = store.acquire("web", ANNA, takeover=False)
    assert store.release("web", ANNA.run, first)
    second = store.acquire("web", BERT, takeover=False)
    third = store.acquire("web", ANNA, takeover=True)
    store.seconds = -1.0
    store.renew("web", ANNA.run, third)
    store.seconds = 60.0
    fourth = store.acquire("web", BERT, takeover=False)
    assert [first, second, third, fourth] == [1, 2, 3, 4]


def test_a_lost_lease_can_neither_be_renewed_nor_released(store: LeaseStore) -> None:
    fence = store.acquire("web", ANNA, takeover=False)
    store.acquire("web", BERT, takeover=True)
    assert not store.renew("web", ANNA.run, fence)
    assert not store.release("web", ANNA.run, fence)
    assert store.read("web")["run"]["S"] == BERT.run


def test_renewing_pushes_the_end(store: LeaseStore) -> None:
    fence = store.acquire("web", ANNA, takeover=False)
    before = ends(store.read("web"))
    time.sleep(0.01)
    assert store.renew("web", ANNA.run, fence)
    assert ends(store.read("web")) > before


def test_what_was_never_taken_reads_empty(store: LeaseStore) -> None:
    assert store.read("nobody") == {}


STEPS = st.lists(
    st.tuples(st.sampled_from(["acquire", "takeover", "release", "renew", "expire"]), st.sampled_from([ANNA, BERT])),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_never_two_writers_whatever_happens(store: LeaseStore, steps: list[tuple[str, Holder]]) -> None:
    host = uuid.uuid4().hex  # the table outlives an example
    holder, fences, highest = "", {ANNA.run: 0, BERT.run: 0}, 0
    for step, who in steps:
        if step in {"acquire", "takeover"}:
            try:
                fence = store.acquire(host, who, takeover=step == "takeover")
            except LeaseHeldError:
                assert holder not in {"", who.run}
                continue
            assert holder in {"", who.run} or step == "takeover"
            assert fence > highest
            holder, highest, fences[who.run] = who.run, fence, fence
        elif step == "expire":
            store.seconds = -1.0
            if store.renew(host, who.run, fences[who.run]):
                holder = ""
            store.seconds = 60.0
        else:
            act = store.release if step == "release" else store.renew
            done = act(host, who.run, fences[who.run])
            still_named = store.read(host).get("run", {}).get("S") == who.run
            assert not done or step == "release" or still_named
            if done:
                holder = "" if step == "release" else who.run
