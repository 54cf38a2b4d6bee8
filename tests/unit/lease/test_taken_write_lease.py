"""Who may write: taken on condition, waited out, given on condition."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.clock import Clock
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.write_lease import KEY, WriteLease, Writer
from tests.unit.lease.conftest import TABLE

SCALED = {"SLIPWAY_TIME_SCALE": "60", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
NOON = 1_800_000_000


@pytest.fixture
def lease(store: LeaseStore, monkeypatch: pytest.MonkeyPatch) -> WriteLease:
    """Return a lease that prod holds, at noon."""
    put("prod")
    monkeypatch.setattr(store.cloud, "time", lambda: NOON)
    return WriteLease(store.cloud, TABLE)


def put(holder: str, **more: Any) -> None:
    item = {**KEY, "holder": {"S": holder}, "seconds": {"N": "15"}, **more}
    boto3.client("dynamodb", "us-east-1").put_item(TableName=TABLE, Item=item)


def test_taken_and_given(lease: WriteLease) -> None:
    assert lease.take("prod", "standby") == Writer("", 15, "standby", NOON)
    assert lease.give("standby")
    assert lease.read() == Writer("standby", 15, "", NOON)


def test_each_step_can_be_made_again(lease: WriteLease, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lease.take("prod", "standby")
    monkeypatch.setattr(lease.cloud, "time", lambda: NOON + 600)
    assert lease.take("prod", "standby") == first
    assert [lease.give("standby"), lease.give("standby")] == [True, False]
    assert lease.take("prod", "standby").holder == "standby"


@pytest.mark.parametrize(
    ("holder", "more", "told"),
    [
        ("other", {}, "is held by other; it can be taken from prod for standby only"),
        ("", {"next": {"S": "other"}}, "is held by nobody, and taken for other; it can be taken from prod"),
    ],
)
def test_it_is_not_taken_from_anybody_else(lease: WriteLease, holder: str, more: dict[str, Any], told: str) -> None:
    put(holder, **more)
    before = lease.read()
    with pytest.raises(ConvergeError, match=told):
        lease.take("prod", "standby")
    assert lease.read() == before


@pytest.mark.parametrize(
    ("holder", "more"), [("prod", {}), ("", {"next": {"S": "other"}})], ids=["not taken", "taken for another"]
)
def test_it_is_not_given_before_it_was_taken_for_it(lease: WriteLease, holder: str, more: dict[str, Any]) -> None:
    put(holder, **more)
    before = lease.read()
    with pytest.raises(ConvergeError, match="not to standby"):
        lease.give("standby")
    assert lease.read() == before


def test_without_the_item_the_command_is_told(lease: WriteLease) -> None:
    boto3.client("dynamodb", "us-east-1").delete_item(TableName=TABLE, Key=KEY)
    with pytest.raises(ConvergeError, match=r"run site\.yml --limit write_lease"):
        lease.read()


@pytest.mark.parametrize(("environment", "virtual"), [({}, 20), (SCALED, 1200)], ids=["AWS", "rehearsal"])
def test_it_is_waited_out_by_the_services_clocks(
    lease: WriteLease, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], virtual: float
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(lease.cloud, "clock", Clock(environment))
    monkeypatch.setattr(lease.cloud, "wait", waits.append)
    lease.wait_out(Writer("", 15), margin=5)
    assert sum(waits) == virtual
    assert len(waits) == 20


def test_a_run_that_may_not_write_takes_nothing(lease: WriteLease, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ConvergeError("stopped before writing")

    monkeypatch.setattr(lease.cloud, "_guard", refuse)
    with pytest.raises(ConvergeError, match="stopped before writing"):
        lease.take("prod", "standby")
    assert lease.read().holder == "prod"
