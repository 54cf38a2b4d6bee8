from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.network import (
    network_endpoints,
    network_ports,
    network_subnet_resources,
    network_subnets,
    network_zone_names,
)

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]


@pytest.mark.parametrize("prefix", range(16, 24))
@pytest.mark.parametrize("zones", [2, 3, 4])
def test_subnets_lie_inside_do_not_overlap_and_are_large_enough(prefix: int, zones: int) -> None:
    network = IPv4Network(f"10.0.0.0/{prefix}")
    subnets = [IPv4Network(subnet["cidr"]) for subnet in network_subnets(str(network), ZONES[:zones])]
    assert len(subnets) == 3 * zones
    assert all(subnet.subnet_of(network) and subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


def test_a_further_zone_moves_nothing() -> None:
    two, three = (network_subnets("10.0.0.0/16", ZONES[:count]) for count in (2, 3))
    assert [subnet for subnet in two if subnet not in three] == []


def test_given_ranges_win() -> None:
    subnets = network_subnets("10.0.0.0/16", ZONES[:2], {"database": ["10.0.250.0/24", "10.0.251.0/24"]})
    assert [s["cidr"] for s in subnets if s["tier"] == "database"] == ["10.0.250.0/24", "10.0.251.0/24"]


WRONG: list[tuple[str, list[str], dict[str, Any], str]] = [
    ("10.0.0.0/8", ZONES[:2], {}, "network_cidr is '10.0.0.0/8'; allowed: /16 to /23"),
    ("10.0.0.0/24", ZONES[:2], {}, "allowed: /16 to /23"),
    ("10.0.0.1/16", ZONES[:2], {}, "network_cidr is '10.0.0.1/16', which is no IPv4 range"),
    ("network", ZONES[:2], {}, "write one like 10.10.0.0/16"),
    ("10.0.0.0/16", ZONES[:1], {}, "network_zones is .* allowed: 2 to 4 different zones"),
    ("10.0.0.0/16", ["a", "a"], {}, "2 to 4 different zones"),
    ("10.0.0.0/16", ZONES[:2], {"edge": []}, "the tiers public, private, database"),
    ("10.0.0.0/16", ZONES[:2], {"public": ["10.0.250.0/24"]}, "one range for each of the 2 zones"),
    ("10.0.0.0/16", ZONES[:2], {"public": ["10.1.0.0/24", "10.0.251.0/24"]}, "inside network_cidr"),
    ("10.0.0.0/16", ZONES[:2], {"public": ["10.0.250.0/29", "10.0.251.0/24"]}, "/28 or larger"),
    ("10.0.0.0/16", ZONES[:2], {"public": ["10.0.0.0/24", "10.0.251.0/24"]}, "do not overlap"),
]


@pytest.mark.parametrize(("cidr", "zones", "cidrs", "message"), WRONG)
def test_refuses(cidr: str, zones: list[str], cidrs: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        network_subnets(cidr, zones, cidrs)


def test_subnets_give_no_public_addresses() -> None:
    resources = network_subnet_resources(network_subnets("10.0.0.0/16", ZONES[:2]), "vpc-1", "slipway-dev")
    assert {resource["properties"]["MapPublicIpOnLaunch"] for resource in resources} == {False}
    assert resources[0] == {
        "type": "ec2_subnet",
        "name": "public-us-east-1a",
        "properties": {
            "VpcId": "vpc-1",
            "CidrBlock": "10.0.128.0/20",
            "AvailabilityZone": "us-east-1a",
            "MapPublicIpOnLaunch": False,
        },
        "tags": {"Name": "slipway-dev-public-us-east-1a", "tier": "public"},
    }


def test_endpoints_must_be_enough_without_nat() -> None:
    enough = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
    assert network_endpoints(enough, "none") == enough
    assert network_endpoints([], "one") == []
    with pytest.raises(AnsibleFilterError, match=r"lacks \['ecr.dkr'\] and network_nat is 'none'"):
        network_endpoints([name for name in enough if name != "ecr.dkr"], "none")


@pytest.mark.parametrize(("count", "zones"), [(2, ZONES[:2]), (4, ZONES)])
def test_zones_are_named_as_aws_does(count: int, zones: list[str]) -> None:
    assert network_zone_names("us-east-1", count) == zones


class HostVars(dict[str, Any]):
    """As Ansible's, which has something for every name, and that has no values."""

    def get(self, name: str, _default: Any = None) -> Any:
        return self[name]


def test_a_service_that_is_no_host_here_has_the_port_that_is_listed() -> None:
    listed: dict[str, Any] = {"web": {"priority": 1}, "api": {"priority": 2, "port": 9000}, "jobs": None}
    assert network_ports(HostVars(web={"service_port": 7000}), listed) == [7000, 8080, 9000]


def test_ports_are_listed_once() -> None:
    hostvars = {"web": {"service_port": 9000}, "api": {"service_port": 9000}, "jobs": {}}
    assert network_ports(hostvars, ["web", "api", "jobs", "elsewhere"]) == [8080, 9000]
