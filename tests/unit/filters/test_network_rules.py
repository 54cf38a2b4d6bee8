from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.network_rules import network_acl_entries, network_rules


@pytest.mark.parametrize(
    ("peer", "key"),
    [
        ("0.0.0.0/0", "CidrIpv4"),
        ("::/0", "CidrIpv6"),
        ("pl-1", "PrefixListId"),
        ("sg-1", "ReferencedGroupId"),
        ("${ec2_security_group.web.GroupId}", "ReferencedGroupId"),
    ],
)
def test_a_rule_names_its_peer_by_its_form(peer: str, key: str) -> None:
    expected = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, key: peer, "Description": "Requests"}
    assert network_rules([443], [peer], "Requests") == [expected]


def test_there_is_a_rule_for_each_port_and_peer() -> None:
    assert len(network_rules([80, 443], ["10.0.0.0/8", "::/0", "sg-1"], "x")) == 6
    assert network_rules([80], [], "x") == []


def test_entries_are_numbered_in_each_direction() -> None:
    rules = [
        {"egress": False, "cidrs": ["0.0.0.0/0"], "ports": [80, "1024-3388"]},
        {"egress": True, "cidrs": ["::/0"], "ports": [443]},
    ]
    entries = network_acl_entries(rules)
    assert [(e["Egress"], e["RuleNumber"], e["PortRange"]) for e in entries] == [
        (False, 100, {"From": 80, "To": 80}),
        (False, 110, {"From": 1024, "To": 3388}),
        (True, 100, {"From": 443, "To": 443}),
    ]
    assert entries[2]["Ipv6CidrBlock"] == "::/0"


@pytest.mark.parametrize(("ports", "opened"), [([22], "22"), (["1024-65535"], "3389"), (["0-65535"], "22, 3389")])
def test_refuses_to_open_ssh_or_rdp_to_the_world(ports: list[int | str], opened: str) -> None:
    rule = {"egress": False, "cidrs": ["0.0.0.0/0"], "ports": ports}
    with pytest.raises(AnsibleFilterError, match=rf"opens \[{opened}\]"):
        network_acl_entries([rule])
    assert network_acl_entries([{**rule, "cidrs": ["10.0.0.0/8"]}])
    assert network_acl_entries([{**rule, "egress": True}])


def test_refuses_more_entries_than_aws_takes() -> None:
    cidrs = [f"10.{number}.0.0/16" for number in range(21)]
    with pytest.raises(AnsibleFilterError, match="21 entries in one direction, AWS allows 20"):
        network_acl_entries([{"egress": False, "cidrs": cidrs, "ports": [443]}])
