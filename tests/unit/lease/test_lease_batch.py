"""Many leases in a few calls: all or none, and each knows whether it still holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.lease_batch import acquire_all, release_all, renew_all
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import Holder, LeaseHeldError, LeaseStore

ANNA = Holder("run-a", "anna", "build-1", "boot", 1, "10", "2026-01-02T03:04:05+00:00")
BERT = replace(ANNA, run="run-b", user="bert", pid=2)
MANY = [f"svc-{number:03}" for number in range(110)]


def test_many_are_taken_renewed_and_given_back_in_a_few_calls(store: LeaseStore) -> None:
    fences = acquire_all(store, MANY, ANNA)
    assert fences == dict.fromkeys(MANY, 1)
    assert renew_all(store, fences, ANNA.run) == []
    assert release_all(store, fences, ANNA.run) == []
    assert acquire_all(store, MANY, BERT) == dict.fromkeys(MANY, 2)
    assert store.cloud.calls["dynamodb.transact_write_items"] == 4 * 2
    assert not store.cloud.calls["dynamodb.update_item"]


def test_none_is_taken_when_one_is_held(store: LeaseStore) -> None:
    store.acquire(MANY[-1], BERT, takeover=False)
    assert acquire_all(store, MANY, ANNA) is None
    assert acquire_all(store, MANY[:-1], BERT) is not None


def test_a_lost_lease_is_told_and_the_others_hold(store: LeaseStore) -> None:
    fences = acquire_all(store, MANY[:5], ANNA) or {}
    store.acquire(MANY[2], BERT, takeover=True)
    assert renew_all(store, fences, ANNA.run) == [MANY[2]]
    with pytest.raises(LeaseHeldError):
        store.acquire(MANY[0], BERT, takeover=False)
    assert release_all(store, fences, ANNA.run) == [MANY[2]]
    assert store.read(MANY[2])["run"]["S"] == BERT.run


def test_an_expired_lease_can_be_taken(store: LeaseStore) -> None:
    store.seconds = -1.0
    acquire_all(store, MANY[:3], ANNA)
    assert acquire_all(store, MANY[:3], BERT) == dict.fromkeys(MANY[:3], 2)
