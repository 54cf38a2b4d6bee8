from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

Client = Callable[[str], Any]
KEY = "route53_adopted_zone.main"


@pytest.fixture
def zone(client: Client) -> str:
    answer = client("route53").create_hosted_zone(Name="example.com", CallerReference="someone")
    return str(answer["HostedZone"]["Id"].rsplit("/", 1)[-1])


def adopted(identifier: str, name: str = "example.com") -> list[dict[str, Any]]:
    properties = {"Id": identifier, "Name": name}
    return [{"type": "route53_adopted_zone", "name": "main", "properties": properties}]


def test_is_read_and_never_changed(converge: Converge, client: Client, zone: str) -> None:
    run = converge(adopted(zone))
    assert run.changed == {}
    assert run.state(KEY)["Id"] == zone
    assert run.state(KEY)["NameServers"]
    assert converge(adopted(zone), absent=True).changed == {}
    assert client("route53").get_hosted_zone(Id=zone)["HostedZone"]["Name"] == "example.com."


def test_refuses_another_name(converge: Converge, zone: str) -> None:
    run = converge(adopted(zone, "example.org"), fails=True)
    assert "example.org" in run.failures[0]


def test_refuses_a_zone_that_is_not_there(converge: Converge) -> None:
    run = converge(adopted("Z0000000000000000000"), check=True, fails=True)
    assert "Z0000000000000000000 does not exist" in run.failures[0]
