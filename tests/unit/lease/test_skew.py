"""Leases are AWS's to judge, so they have AWS's time, and a clock that is wrong is refused."""

from __future__ import annotations

import time

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore, ends
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.skew import refuse_skew
from tests.unit.lease.test_lease_store import ANNA


def ahead(store: LeaseStore, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Have AWS's clock be ahead of ours."""
    monkeypatch.setattr(store.cloud, "time", lambda: time.time() + seconds)


@pytest.mark.parametrize(("seconds", "counted"), [(-20.0, -20.0), (0.9, 0.0), (25.0, 25.0)])
def test_a_lease_ends_by_the_clock_of_aws(
    store: LeaseStore, monkeypatch: pytest.MonkeyPatch, seconds: float, counted: float
) -> None:
    ahead(store, monkeypatch, seconds)
    store.acquire("web", ANNA, takeover=False)
    assert ends(store.read("web")) - time.time() == pytest.approx(60.0 + counted, abs=5)


@pytest.mark.parametrize("seconds", [-31.0, 31.0])
def test_a_clock_that_is_wrong_is_refused(store: LeaseStore, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    ahead(store, monkeypatch, seconds)
    with pytest.raises(ConvergeError, match=r"this machine's clock says .*Z, AWS's .*Z; 30 s apart are allowed"):
        refuse_skew(store.cloud)
    ahead(store, monkeypatch, seconds / 2)
    refuse_skew(store.cloud)


def test_a_rehearsal_has_a_time_of_its_own(store: LeaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead(store, monkeypatch, 86_400.0)
    monkeypatch.setattr(store.cloud.clock, "scale", 60.0)
    refuse_skew(store.cloud)
    assert store.cloud.real_time() == pytest.approx(time.time(), abs=5)
