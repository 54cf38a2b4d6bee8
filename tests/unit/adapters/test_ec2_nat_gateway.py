from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.ec2_nat_gateway import Ec2NatGateway
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, entry, subnet

ADDRESS = entry("ec2_elastic_ip", "nat", Domain="vpc")
GATEWAY = entry(
    "ec2_nat_gateway",
    "a",
    SubnetId="${ec2_subnet.a.SubnetId}",
    AllocationId="${ec2_elastic_ip.nat.AllocationId}",
    ConnectivityType="public",
)
RESOURCES = [VPC, subnet("a", 1), ADDRESS, GATEWAY]
KEY = "ec2_nat_gateway.a"


def test_lives(converge: Converge) -> None:
    converge.lives(RESOURCES)


@pytest.mark.parametrize("key", [KEY, "ec2_elastic_ip.nat"])
def test_mends_tags(converge: Converge, client: Callable[[str], Any], key: str) -> None:
    def drift(run: Run) -> None:
        state = run.state(key)
        target = state.get("NatGatewayId") or state["AllocationId"]
        client("ec2").create_tags(Resources=[target], Tags=[{"Key": "owner", "Value": "someone"}])

    converge.mends(RESOURCES, drift, {key: {"Tags"}})


def test_makes_another_when_it_was_deleted_by_hand(converge: Converge, client: Callable[[str], Any]) -> None:
    run = converge(RESOURCES)
    client("ec2").delete_nat_gateway(NatGatewayId=run.state(KEY)["NatGatewayId"])
    address = client("ec2").describe_addresses()["Addresses"][0]
    client("ec2").disassociate_address(AssociationId=address["AssociationId"])  # moto forgets what AWS does here
    assert converge(RESOURCES).actions[KEY] == "created"


def test_ignores_an_old_failure_and_tells_of_its_own() -> None:
    adapter = Ec2NatGateway(Mock())
    failed = {"NatGatewayId": "nat-1", "State": "failed", "FailureMessage": "no address left"}
    assert not adapter.alive(failed)
    adapter.made.add("nat-1")
    assert adapter.alive(failed)
    with pytest.raises(ConvergeError, match="nat-1 failed: no address left"):
        adapter.ready(failed)


@pytest.mark.parametrize(("state", "alive", "ready"), [("pending", True, False), ("available", True, True)])
def test_waits_while_it_comes(state: str, *, alive: bool, ready: bool) -> None:
    item = {"NatGatewayId": "nat-1", "State": state}
    assert (Ec2NatGateway(Mock()).alive(item), Ec2NatGateway(Mock()).ready(item)) == (alive, ready)
