"""Names that environments share, and the change that sends users to one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.shared_names import SharedNames
from tests.unit.accounts import MANY_POLICIES

ALIAS = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "lb.us-east-1.elb.amazonaws.com", "EvaluateTargetHealth": True}
WEB, API = "web.example.com", "api.example.com"


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedNames]:
    """Return an empty zone."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "SLIPWAY_TIME_SCALE", MANY_POLICIES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        zone = boto3.client("route53").create_hosted_zone(Name="example.com", CallerReference="here")
        yield SharedNames(Cloud("us-east-1"), zone["HostedZone"]["Id"])


def put(shared: SharedNames, name: str, **weights: int) -> None:
    records = [weighted(name, of, weight) for of, weight in weights.items()]
    changes = [{"Action": "UPSERT", "ResourceRecordSet": one} for one in records]
    client: Any = boto3.client("route53")
    client.change_resource_record_sets(HostedZoneId=shared.zone, ChangeBatch={"Changes": changes})


def weighted(name: str, of: str, weight: int) -> dict[str, Any]:
    return {"Name": name, "Type": "A", "SetIdentifier": of, "Weight": weight, "AliasTarget": ALIAS}


def weights(shared: SharedNames) -> dict[tuple[str, str], int]:
    listed = boto3.client("route53").list_resource_record_sets(HostedZoneId=shared.zone)["ResourceRecordSets"]
    return {(one["Name"], one["SetIdentifier"]): one["Weight"] for one in listed if "Weight" in one}


def test_users_are_sent_to_one_environment_and_back(shared: SharedNames) -> None:
    put(shared, WEB, prod=100, standby=0)
    put(shared, API, prod=100, standby=0)
    for environment, expected in (("standby", 0), ("prod", 100)):
        shared.write(shared.changes([WEB, API], environment))
        assert {weights(shared)[f"{name}.", "prod"] for name in (WEB, API)} == {expected}
        assert {weights(shared)[f"{name}.", "standby"] for name in (WEB, API)} == {100 - expected}
        assert shared.changes([WEB, API], environment) == []
    assert shared.cloud.calls["route53.change_resource_record_sets"] == 2


def test_the_record_keeps_where_it_leads(shared: SharedNames) -> None:
    put(shared, WEB, prod=0)
    assert shared.changes([WEB], "prod") == [{**weighted(f"{WEB}.", "prod", 100), "AliasTarget": ALIAS}]


def test_an_environment_without_a_record_is_not_sent_to(shared: SharedNames) -> None:
    put(shared, WEB, prod=100, standby=0)
    put(shared, API, prod=100)
    with pytest.raises(ConvergeError, match=f"{API} has no weighted record of standby in zone .* those of prod; run"):
        shared.changes([WEB, API], "standby")
