"""What could be better is told by risk, harmless things first, and what nobody knows counts as the worst."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt import report
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.risks import KNOWN, NEW, RISKS, improvements, risk_of
from ansible_collections.slipway.aws.plugins.plugin_utils.validate import create_properties

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
OTHER = {**RULE, "FromPort": 80, "ToPort": 80}


@pytest.mark.parametrize(
    ("kind", "name", "before", "after", "risk"),
    [
        ("ec2_vpc", "Tags", {}, {"owner": "platform"}, "none"),
        ("rds_db_instance", "DBInstanceClass", "db.t4g.small", "db.t4g.large", "restart"),
        ("rds_db_instance", "StorageEncrypted", False, True, "replacement"),
        ("elbv2_listener", "DefaultActions", [], [], "outage"),
        ("ec2_security_group_rules", "Ingress", [RULE], [RULE, OTHER], "none"),
        ("ec2_security_group_rules", "Ingress", [RULE, OTHER], [RULE], "outage"),
        ("ec2_security_group_rules", "Egress", None, [RULE], "none"),
        ("sqs_queue", "Colour", "red", "blue", "outage"),
    ],
)
def test_risk(kind: str, name: str, before: Any, after: Any, risk: str) -> None:
    assert risk_of(kind, name, before, after)[0] == risk


@pytest.mark.parametrize(("kind", "name"), [key for key in KNOWN if key[1] != NEW])
def test_every_property_with_a_risk_exists(kind: str, name: str) -> None:
    adapter = adapter_class(kind)
    assert name in {*create_properties(adapter), *adapter.more_properties}


def finding(name: str, host: str = "network", **more: Any) -> dict[str, Any]:
    kind, _, short = name.partition(".")
    return {"host": host, "type": kind, "name": short, "action": "unchanged", **more}


def test_improvements_stand_by_risk() -> None:
    kept = {name: {"before": 1, "after": 2} for name in ("DBInstanceClass", "Tags", "Port", "StorageEncrypted")}
    adopted = {"network": {"ec2_network_acl.public": {"leave": True}, "ec2_vpc.main": {"id": "vpc-1"}}}
    found = improvements([finding("rds_db_instance.main", "database", kept=kept)], adopted)
    assert [one.risk for one in found] == ["none", "restart", "replacement", "outage", "outage"]
    assert [one.what for one in found] == ["Tags", "DBInstanceClass", "StorageEncrypted", "Port", NEW]
    assert [one.component for one in found][-1] == "network"


def test_the_report_counts_what_is_changed_and_what_is_new() -> None:
    findings = [
        finding("ec2_vpc.main", kept={"Tags": {"before": {}, "after": {"a": "b"}}}),
        finding("kms_key.data", "keys", action="created"),
        finding("ec2_subnet.private-a", action="updated"),
        finding("ec2_network_acl.public", action="created"),
    ]
    adopted = {"network": {"ec2_vpc.main": {"id": "vpc-1"}, "ec2_network_acl.private": {"leave": True}}}
    told = report.lines(findings, improvements(findings, adopted), adopted)
    assert told[0].startswith(
        "1 resources are taken over; the next run changes 2 of what stands: network ec2_subnet.private-a"
    )
    assert told[1] == "1 resources come new beside them: keys 1"
    assert told[2] == "2 things would be better, by risk: none 1, restart 0, replacement 0, outage 1"
    page = report.markdown("shop", findings, improvements(findings, adopted), adopted)
    assert [line.split(":")[0].removeprefix("## ") for line in page.splitlines() if line.startswith("## ")] == [
        "none",
        "outage",
    ]


def test_nothing_is_said_to_change_when_nothing_is() -> None:
    assert "the next run changes nothing of what stands" in report.lines([], [], {})[0]
    assert RISKS == ("none", "restart", "replacement", "outage")
