from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run

Client = Callable[[str], Any]
KEY = "route53_hosted_zone.main"
ZONE: dict[str, Any] = {
    "type": "route53_hosted_zone",
    "name": "main",
    "properties": {"Name": "test.example.com", "Comment": "slipway-test"},
    "tags": {"Name": "test.example.com"},
}


def test_lives(converge: Converge) -> None:
    converge.lives([ZONE])


def test_publishes_its_name_servers(converge: Converge) -> None:
    state = converge([ZONE]).state(KEY)
    assert state["NameServers"]
    assert not any(name.endswith(".") for name in state["NameServers"])


def test_zones_of_other_names_are_not_asked_for_their_tags(converge: Converge, client: Client) -> None:
    for name in ("one.example.com", "two.example.com"):
        client("route53").create_hosted_zone(Name=name, CallerReference=name)
    converge([ZONE])
    assert converge([ZONE]).calls["route53.list_tags_for_resource"] == 1


def test_mends_the_comment(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        client("route53").update_hosted_zone_comment(Id=run.state(KEY)["Id"], Comment="someone's")

    converge.mends([ZONE], drift, {KEY: {"Comment"}})


def test_mends_tags(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        client("route53").change_tags_for_resource(
            ResourceType="hostedzone",
            ResourceId=run.state(KEY)["Id"],
            AddTags=[{"Key": "owner", "Value": "someone"}],
            RemoveTagKeys=["Name"],
        )

    converge.mends([ZONE], drift, {KEY: {"Tags"}})


def test_finishes_a_zone_whose_creator_was_killed_before_tagging_it(converge: Converge, client: Client) -> None:
    client("route53").create_hosted_zone(
        Name="test.example.com", CallerReference="slipway/test/killed", HostedZoneConfig={"Comment": "slipway-test"}
    )
    assert converge([ZONE]).changed == {KEY: {"Tags"}}
    assert len(client("route53").list_hosted_zones()["HostedZones"]) == 1


def test_leaves_zones_of_the_same_name_alone(converge: Converge, client: Client) -> None:
    client("route53").create_hosted_zone(Name="test.example.com", CallerReference="another")
    client("route53").create_hosted_zone(Name="a.test.example.com", CallerReference="slipway/test/other-name")
    assert converge([ZONE]).actions == {KEY: "created"}
    converge([ZONE], absent=True)
    assert len(client("route53").list_hosted_zones()["HostedZones"]) == 2


def test_keeps_a_zone_with_records_of_others(converge: Converge, client: Client) -> None:
    record = {"Name": "www.test.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    client("route53").change_resource_record_sets(
        HostedZoneId=converge([ZONE]).state(KEY)["Id"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    run = converge([ZONE], absent=True)
    assert run.actions == {KEY: "kept"}
    assert "www.test.example.com" in run.outcomes[KEY].message
