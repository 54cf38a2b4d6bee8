from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.ec2_security_group_rules import (
    Ec2SecurityGroupRules,
    group_state,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, Entry, group

WEB, DATA = "${ec2_security_group.web.GroupId}", "${ec2_security_group.data.GroupId}"
KEY = "ec2_security_group_rules.web"


def rules(name: str, ingress: list[Entry], egress: list[Entry]) -> Entry:
    properties = {"GroupId": f"${{ec2_security_group.{name}.GroupId}}", "Ingress": ingress, "Egress": egress}
    return {"type": "ec2_security_group_rules", "name": name, "properties": properties}


def tcp(port: int, **more: str) -> Entry:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **more}


RESOURCES = [
    VPC,
    group("web"),
    group("data"),
    rules(
        "web",
        [tcp(443, CidrIpv4="0.0.0.0/0", Description="Anyone"), tcp(443, CidrIpv6="::/0")],
        [tcp(5433, ReferencedGroupId=DATA), {"IpProtocol": "-1", "CidrIpv4": "10.0.0.0/16"}],
    ),
    rules("data", [tcp(5433, ReferencedGroupId=WEB)], []),
]


def test_groups_that_refer_to_each_other_live(converge: Converge) -> None:
    lasting = {str(f"{entry['type']}.{entry['name']}") for entry in RESOURCES}
    assert set(converge(RESOURCES, check=True).changed) == lasting
    converge(RESOURCES)
    assert converge(RESOURCES).changed == {}
    assert set(converge(RESOURCES, absent=True).changed) == lasting
    assert converge(RESOURCES, absent=True).changed == {}
    converge(RESOURCES)
    assert converge(RESOURCES).changed == {}


def sg(run: Run) -> str:
    return str(run.state(KEY)["GroupId"])


def rule_id(client: Any, run: Run, **wanted: Any) -> str:
    listed = client.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [sg(run)]}])
    return str(next(r["SecurityGroupRuleId"] for r in listed["SecurityGroupRules"] if wanted.items() <= r.items()))


FOREIGN: list[dict[str, Any]] = [
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]},
    {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
]


@pytest.mark.parametrize("permission", FOREIGN)
@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_revokes_foreign_rules(
    converge: Converge, client: Callable[[str], Any], direction: str, permission: dict[str, Any]
) -> None:
    def drift(run: Run) -> None:
        authorize = getattr(client("ec2"), f"authorize_security_group_{direction.lower()}")
        authorize(GroupId=sg(run), IpPermissions=[permission])

    converge.mends(RESOURCES, drift, {KEY: {direction}})


def test_allows_again_what_was_revoked(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        ec2 = client("ec2")
        target = rule_id(ec2, run, IsEgress=True, FromPort=5433)
        ec2.revoke_security_group_egress(GroupId=sg(run), SecurityGroupRuleIds=[target])

    converge.mends(RESOURCES, drift, {KEY: {"Egress"}})


def test_mends_a_description_without_revoking(converge: Converge, client: Callable[[str], Any]) -> None:
    ec2 = client("ec2")
    before: list[str] = []

    def drift(run: Run) -> None:
        before.append(rule_id(ec2, run, CidrIpv4="0.0.0.0/0", IsEgress=False))
        text = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0", "Description": "other"}
        changed = [{"SecurityGroupRuleId": before[0], "SecurityGroupRule": text}]
        ec2.modify_security_group_rules(GroupId=sg(run), SecurityGroupRules=changed)

    run = converge.mends(RESOURCES, drift, {KEY: {"Ingress"}})
    assert rule_id(ec2, run, Description="Anyone") == before[0]


def test_reads_all_groups_in_one_call(converge: Converge) -> None:
    converge(RESOURCES)
    assert converge(RESOURCES).calls["ec2.describe_security_group_rules"] == 1


def test_describes_rules_between_groups_and_prefix_lists() -> None:
    cloud = Mock()
    wanted = [
        tcp(5433, ReferencedGroupId="sg-2", Description="Queries"),
        tcp(443, PrefixListId="pl-1", Description="Storage"),
    ]
    state = {**group_state("sg-1", []), "Egress": []}
    Ec2SecurityGroupRules(cloud).update(parse(RESOURCES[3], {}), state, {"Egress": Change([], wanted)})
    ports = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port} for port in (5433, 443)]
    cloud.write.assert_called_once_with(
        "ec2",
        "authorize_security_group_egress",
        GroupId="sg-1",
        IpPermissions=[
            {**ports[0], "UserIdGroupPairs": [{"GroupId": "sg-2", "Description": "Queries"}]},
            {**ports[1], "PrefixListIds": [{"PrefixListId": "pl-1", "Description": "Storage"}]},
        ],
    )
