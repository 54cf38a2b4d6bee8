"""In every environment, exactly the declared ways are open, read from the rules that would be made."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.reachability import reachability
from tests.unit.docs.rendered import ROOT, rendered
from tools.files import ENVIRONMENTS, load

_GROUP = re.compile(r"\$\{ec2_security_group\.(\w+)\.GroupId\}")


def as_shown(rule: dict[str, Any], group: str, *, egress: bool) -> dict[str, Any]:
    """Return a declared rule as DescribeSecurityGroupRules would show it."""
    other = {"ReferencedGroupInfo": {"GroupId": rule["ReferencedGroupId"]}} if "ReferencedGroupId" in rule else {}
    return {**rule, **other, "GroupId": group, "IsEgress": egress}


def paths(resources: list[dict[str, Any]]) -> list[str]:
    (vpc,) = [one["properties"]["CidrBlock"] for one in resources if one["type"] == "ec2_vpc"]
    declared = [one["properties"] for one in resources if one["type"] == "ec2_security_group_rules"]
    rules = [
        as_shown(rule, one["GroupId"], egress=side == "Egress")
        for one in declared
        for side in ("Ingress", "Egress")
        for rule in one[side]
    ]
    return reachability(rules, {one["GroupId"]: _GROUP.fullmatch(one["GroupId"])[1] for one in declared}, [vpc])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_exactly_the_declared_paths_are_open(environment: str) -> None:
    expected = load(ROOT / "roles" / "verify" / "defaults" / "main.yml")["verify_paths"]
    own = load(ROOT / "inventories" / environment / "group_vars" / environment / "main.yml").get("verify_paths")
    assert paths(dict(reversed(rendered()))[environment]) == sorted(own or expected)


def test_a_rule_too_many_is_a_path_too_many() -> None:
    resources = dict(reversed(rendered()))["prod"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}
    more = [
        {**one, "properties": {**one["properties"], "Ingress": [*one["properties"]["Ingress"], rule]}}
        if one["type"] == "ec2_security_group_rules" and one["name"] == "database"
        else one
        for one in resources
    ]
    assert set(paths(more)) - set(paths(resources)) == {"0.0.0.0/0 -> database:22"}
