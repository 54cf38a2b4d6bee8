"""The dead man's switch has a lease for seconds: it is waited for, not refused."""

from __future__ import annotations

from dataclasses import replace
from threading import Timer

import boto3
import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import SWITCH, LeaseHeldError, LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_wait import acquire_after_switch
from tests.unit.lease.conftest import TABLE
from tests.unit.lease.test_lease_store import ANNA, BERT

WEB = "release/web"
KEY = {"id": {"S": f"lease#{WEB}"}}
FIRED = replace(BERT, run=f"{SWITCH} execution-1", user="dead man's switch", machine="AWS Step Functions")


def changed(expression: str) -> None:
    boto3.client("dynamodb", "us-east-1").update_item(
        TableName=TABLE, Key=KEY, UpdateExpression=expression, ExpressionAttributeNames={"#x": "until"}
    )


@pytest.fixture
def taken(store: LeaseStore) -> LeaseStore:
    """Return a table in which the switch holds the lease, which has no end then."""
    store.acquire(WEB, FIRED, takeover=False)
    changed("REMOVE #x")
    return store


def test_what_the_switch_holds_is_told_as_its_work(taken: LeaseStore) -> None:
    with pytest.raises(LeaseHeldError, match="putting the traffic of web back") as caught:
        taken.acquire(WEB, ANNA, takeover=False)
    assert caught.value.by_switch


def test_the_lease_is_ours_when_the_switch_gives_it_back(taken: LeaseStore) -> None:
    Timer(0.3, lambda: taken.release(WEB, FIRED.run, 1)).start()
    assert acquire_after_switch(taken, WEB, ANNA, takeover=False) == 2


def test_a_switch_that_never_gives_it_back_is_told(taken: LeaseStore) -> None:
    taken.seconds = 0.1
    with pytest.raises(LeaseHeldError, match="slipway_takeover=true"):
        acquire_after_switch(taken, WEB, ANNA, takeover=False)


def test_whoever_was_faster_is_not_waited_for(taken: LeaseStore) -> None:
    taken.acquire(WEB, BERT, takeover=True)
    with pytest.raises(LeaseHeldError, match="being changed by bert") as caught:
        acquire_after_switch(taken, WEB, ANNA, takeover=False)
    assert not caught.value.by_switch
