"""Adopted resources: found by their own ids, changed in what was allowed alone, never made again, never removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adopted import Adopted, adopt, parsed
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import Outcome
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse

REGION = "us-east-1"
TAGS = {"project": "slipway", "environment": "shop"}
VPC = {
    "type": "ec2_vpc",
    "name": "main",
    "properties": {"CidrBlock": "10.80.0.0/16", "EnableDnsSupport": True, "EnableDnsHostnames": True},
    "tags": {"Name": "slipway-shop"},
}
REPOSITORY = {
    "type": "ecr_repository",
    "name": "web",
    "properties": {
        "repositoryName": "slipway-shop/web",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
    },
}
pytestmark = pytest.mark.usefixtures("aws")


def converged(
    entries: list[dict[str, Any]], adopted: Mapping[str, Any], *, check: bool = False, absent: bool = False
) -> dict[str, Outcome]:
    cloud = Cloud(REGION)
    engine = Engine(cloud, Outputs(cloud, "/slipway/shop"), check=check, progress=lambda _: None)
    resources = adopt([parse(entry, TAGS, absent=absent) for entry in entries], parsed(adopted))
    return {str(outcome.resource): outcome for outcome in engine.run(resources)}


@pytest.fixture
def vpc(client: Callable[[str], Any]) -> str:
    made: str = client("ec2").create_vpc(CidrBlock="10.80.0.0/16")["Vpc"]["VpcId"]
    return made


def hostnames(client: Callable[[str], Any], vpc: str) -> bool:
    answer = client("ec2").describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    return bool(answer["EnableDnsHostnames"]["Value"])


def test_it_is_found_by_its_id_and_stays_as_it_is(vpc: str, client: Callable[[str], Any]) -> None:
    outcome = converged([VPC], {"ec2_vpc.main": {"id": vpc, "change": []}})["ec2_vpc.main"]
    assert (outcome.action, outcome.state["VpcId"]) == ("unchanged", vpc)
    assert set(outcome.kept) == {"EnableDnsHostnames", "Tags"}
    assert outcome.kept["EnableDnsHostnames"] == {"before": False, "after": True}
    assert not hostnames(client, vpc)
    assert not client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0].get("Tags")


def test_what_is_allowed_is_changed_and_the_rest_is_not(vpc: str, client: Callable[[str], Any]) -> None:
    outcome = converged([VPC], {"ec2_vpc.main": {"id": vpc, "change": ["EnableDnsHostnames"]}})["ec2_vpc.main"]
    assert (outcome.action, set(outcome.after), set(outcome.kept)) == ("updated", {"EnableDnsHostnames"}, {"Tags"})
    assert hostnames(client, vpc)
    again = converged([VPC], {"ec2_vpc.main": {"id": vpc, "change": "all"}})["ec2_vpc.main"]
    assert (again.action, set(again.after), again.kept) == ("updated", {"Tags"}, {})


def test_what_is_found_by_name_has_its_own(client: Callable[[str], Any]) -> None:
    client("ecr").create_repository(repositoryName="shop/web")
    pin = {"ecr_repository.web": {"id": "shop/web", "change": ["imageTagMutability"]}}
    outcome = converged([REPOSITORY], pin)["ecr_repository.web"]
    assert (outcome.action, set(outcome.after)) == ("updated", {"imageTagMutability"})
    assert set(outcome.kept) == {"imageScanningConfiguration", "Tags"}
    repositories = client("ecr").describe_repositories()["repositories"]
    assert [one["repositoryName"] for one in repositories] == ["shop/web"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("entry", "name"), [(VPC, "vpc-00000000000000000"), (REPOSITORY, "shop/gone")], ids=["id", "name"]
)
def test_what_is_lost_is_not_made_again(
    entry: dict[str, Any], name: str, check: bool, client: Callable[[str], Any]
) -> None:
    key, before = f"{entry['type']}.{entry['name']}", len(client("ec2").describe_vpcs()["Vpcs"])
    outcome = converged([entry], {key: {"id": name}}, check=check)[key]
    assert outcome.action == "failed"
    assert f"was adopted as {name}, and there is no such thing" in outcome.message
    assert len(client("ec2").describe_vpcs()["Vpcs"]) == before
    assert client("ecr").describe_repositories()["repositories"] == []


def test_removing_the_environment_leaves_it(vpc: str, client: Callable[[str], Any]) -> None:
    outcome = converged([VPC], {"ec2_vpc.main": {"id": vpc, "change": "all"}}, absent=True)["ec2_vpc.main"]
    assert outcome.action == "kept"
    assert "it stood before Slipway" in outcome.message
    assert client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_two_of_ours_may_be_one_of_theirs(vpc: str, client: Callable[[str], Any]) -> None:
    table = client("ec2").create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    entries = [
        {
            "type": "ec2_route_table",
            "name": name,
            "properties": {"VpcId": vpc, "Routes": [], "SubnetIds": []},
            "tags": {"Name": name},
        }
        for name in ("private-a", "private-b")
    ]
    outcomes = converged(entries, {f"ec2_route_table.{name}": {"id": table} for name in ("private-a", "private-b")})
    assert {(one.action, one.state["RouteTableId"]) for one in outcomes.values()} == {("unchanged", table)}


def test_what_has_no_name_of_its_own_takes_no_id() -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/1"
    listener = {"type": "elbv2_listener", "name": "https", "properties": {"LoadBalancerArn": arn, "Port": 443}}
    with pytest.raises(ConvergeError, match="is found by what it belongs to; leave id out of slipway_adopted"):
        converged([listener], {"elbv2_listener.https": {"id": "arn"}})


def test_what_is_left_is_neither_made_nor_looked_at() -> None:
    assert converged([VPC], {"ec2_vpc.main": {"leave": True}}) == {}


def test_what_came_after_what_is_left_comes_without_it() -> None:
    repository = {**REPOSITORY, "depends_on": ["ec2_vpc.main", "ec2_vpc.other"]}
    (resource,) = adopt([parse(VPC, TAGS), parse(repository, TAGS)], parsed({"ec2_vpc.main": {"leave": True}}))
    assert (str(resource), resource.depends_on) == ("ecr_repository.web", ("ec2_vpc.other",))


def test_a_wrong_name_is_refused_before_a_second_one_is_made() -> None:
    with pytest.raises(ValueError, match=r"ec2_vpc.mian is no resource of this component; there are ec2_vpc.main"):
        adopt([parse(VPC, TAGS)], parsed({"ec2_vpc.mian": {"id": "vpc-1"}}))


def test_entries_of_other_tasks_are_none_of_a_tasks_business() -> None:
    (resource,) = adopt([parse(VPC, TAGS)], parsed({"rds_db_instance.main": {"id": "shop"}}))
    assert resource.adopted is None


@pytest.mark.parametrize("entry", [{"ids": "vpc-1"}, "vpc-1"])
def test_an_entry_of_another_form_is_refused(entry: Any) -> None:
    with pytest.raises(ValueError, match=r"slipway_adopted: ec2_vpc.main is .*; give id"):
        parsed({"ec2_vpc.main": entry})


def test_an_entry_says_what_may_change() -> None:
    assert parsed({"a.b": {"id": "x", "change": "Tags"}}) == {"a.b": Adopted("x", ("Tags",))}
