"""Zones differ by account: which ones there are is asked before anything is made."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.zones import zone_problem


def zones(region: str, **numbers: str) -> list[dict[str, Any]]:
    kind = {"ZoneType": "availability-zone"}
    local = {"ZoneName": f"{region}-x-1a", "ZoneId": "x1-az1", "ZoneType": "local-zone"}
    return [local, *({**kind, "ZoneName": f"{region}{letter}", "ZoneId": one} for letter, one in numbers.items())]


TOKYO = zones("ap-northeast-1", a="apne1-az4", c="apne1-az1", d="apne1-az2")
VIRGINIA = zones("us-east-1", a="use1-az6", b="use1-az3", c="use1-az2")


def named(region: str, letters: str) -> list[str]:
    return [f"{region}{letter}" for letter in letters]


@pytest.mark.parametrize("letters", ["ac", "acd"])
def test_zones_that_are_there_will_do(letters: str) -> None:
    assert zone_problem(named("ap-northeast-1", letters), TOKYO, links=True) == ""


def test_a_zone_that_is_not_there_is_named_with_those_there_are() -> None:
    told = zone_problem(named("ap-northeast-1", "ab"), TOKYO, links=False)
    assert told == (
        "this account has no zone ap-northeast-1b: there are ap-northeast-1a, ap-northeast-1c, ap-northeast-1d;"
        " set network_zones, e.g. to [ap-northeast-1a, ap-northeast-1c]"
    )


def test_a_local_zone_is_none() -> None:
    assert "no zone us-east-1-x-1a" in zone_problem(["us-east-1a", "us-east-1-x-1a"], VIRGINIA, links=False)


def test_api_gateway_does_not_reach_each_zone() -> None:
    wanted = named("us-east-1", "ab")
    assert zone_problem(wanted, VIRGINIA, links=False) == ""
    assert zone_problem(wanted, VIRGINIA, links=True) == (
        "API Gateway reaches nothing in us-east-1b (use1-az3): there are us-east-1a, us-east-1c; set network_zones,"
        " e.g. to [us-east-1a, us-east-1c]"
    )
