from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

Client = Callable[[str], Any]
KEY = "route53_record.www"
ZONE_KEY = "route53_hosted_zone.main"
ZONE: dict[str, Any] = {
    "type": "route53_hosted_zone",
    "name": "main",
    "properties": {"Name": "test.example.com"},
}
ALIAS = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "LB-1.us-east-1.elb.amazonaws.com", "EvaluateTargetHealth": True}


def record(name: str = "www", **properties: Any) -> dict[str, Any]:
    given = {
        "HostedZoneId": "${route53_hosted_zone.main.Id}",
        "Name": "www.test.example.com",
        "Type": "A",
        **properties,
    }
    return {"type": "route53_record", "name": name, "properties": given}


PLAIN = record(TTL=60, ResourceRecords=[{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}])
ALIASED = record(AliasTarget=ALIAS)
WILDCARD = record(Name="*.test.example.com", Type="CNAME", TTL=60, ResourceRecords=[{"Value": "www.test.example.com"}])


WEIGHTED = {**record(AliasTarget=ALIAS, SetIdentifier="prod"), "initial": {"Weight": 100}}


@pytest.mark.parametrize("entry", [PLAIN, ALIASED, WILDCARD, WEIGHTED], ids=["plain", "alias", "wildcard", "weighted"])
def test_lives(converge: Converge, entry: dict[str, Any]) -> None:
    converge.lives([ZONE, entry])


def upsert(client: Client, run: Run, **record_set: Any) -> None:
    change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": "www.test.example.com", "Type": "A", **record_set}}
    client("route53").change_resource_record_sets(
        HostedZoneId=run.state(ZONE_KEY)["Id"], ChangeBatch={"Changes": [change]}
    )


@pytest.mark.parametrize(
    ("changed", "record_set"),
    [
        ({"TTL"}, {"TTL": 5, "ResourceRecords": [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}]}),
        ({"ResourceRecords"}, {"TTL": 60, "ResourceRecords": [{"Value": "198.51.100.1"}]}),
        ({"TTL", "ResourceRecords"}, {"AliasTarget": ALIAS}),
    ],
    ids=["ttl", "values", "alias"],
)
def test_mends(converge: Converge, client: Client, changed: set[str], record_set: dict[str, Any]) -> None:
    converge.mends([ZONE, PLAIN], lambda run: upsert(client, run, **record_set), {KEY: changed})


def test_mends_the_alias(converge: Converge, client: Client) -> None:
    other = {**ALIAS, "DNSName": "lb-2.us-east-1.elb.amazonaws.com"}
    converge.mends([ZONE, ALIASED], lambda run: upsert(client, run, AliasTarget=other), {KEY: {"AliasTarget"}})


def test_an_alias_is_the_same_in_any_case_and_with_its_last_dot(converge: Converge, client: Client) -> None:
    run = converge([ZONE, ALIASED])
    upsert(client, run, AliasTarget={**ALIAS, "DNSName": f"{ALIAS['DNSName']}.".lower()})
    assert converge([ZONE, ALIASED]).changed == {}


def records(client: Client, run: Run) -> list[dict[str, Any]]:
    listed = client("route53").list_resource_record_sets(HostedZoneId=run.state(ZONE_KEY)["Id"])["ResourceRecordSets"]
    return [one for one in listed if one["Type"] == "A"]


def test_one_of_several_takes_the_place_of_a_plain_one(converge: Converge, client: Client) -> None:
    converge([ZONE, PLAIN])
    run = converge([ZONE, WEIGHTED])
    assert [(one["SetIdentifier"], one["Weight"]) for one in records(client, run)] == [("prod", 100)]


def test_a_weight_that_others_gave_outlives_a_change(converge: Converge, client: Client) -> None:
    run = converge([ZONE, WEIGHTED])
    upsert(client, run, SetIdentifier="prod", Weight=0, AliasTarget={**ALIAS, "EvaluateTargetHealth": False})
    assert converge([ZONE, WEIGHTED]).changed == {KEY: {"AliasTarget"}}
    found = [(one["Weight"], one["AliasTarget"]["EvaluateTargetHealth"]) for one in records(client, run)]
    assert found == [(0, True)]


def test_removes_its_own_of_several(converge: Converge, client: Client) -> None:
    run = converge([ZONE, WEIGHTED])
    upsert(client, run, SetIdentifier="standby", Weight=0, AliasTarget=ALIAS)
    own = {**WEIGHTED["properties"], "HostedZoneId": run.state(ZONE_KEY)["Id"]}
    converge([{**WEIGHTED, "properties": own}], absent=True)
    assert [one["SetIdentifier"] for one in records(client, run)] == ["standby"]


def test_lists_a_zone_once_for_many_records(converge: Converge) -> None:
    entries = [
        record(f"r{n}", Name=f"r{n}.test.example.com", TTL=60, ResourceRecords=[{"Value": "192.0.2.1"}])
        for n in range(20)
    ]
    converge([ZONE, *entries])
    run = converge([ZONE, *entries])
    assert run.changed == {}
    assert run.calls["route53.list_resource_record_sets"] == 1
