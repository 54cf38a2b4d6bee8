"""The shop's inventory: what there is, by its own ids, and no secret of the state file or of a task definition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.claims import Claims, from_state, from_tag
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.describe import Described, describe
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.files import files
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.survey import survey
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.adopt.shop import API_KEY, GENERATED, IN_THE_OPEN, PASSWORD, REGION, Shop


def described(shop: Shop, path: Path) -> Described:
    path.write_text(json.dumps(shop.state()), encoding="utf-8")
    return describe(survey(Cloud(REGION), from_state(path)), "shop", "", {"network"})


def test_the_shop_is_described(shop: Shop, tmp_path: Path) -> None:
    texts = files(described(shop, tmp_path / "shop.tfstate"))
    content = {name: yaml.safe_load(text) for name, text in texts.items() if name.endswith(".yml")}
    own = "group_vars/shop"
    assert sorted(texts) == sorted(
        [
            "hosts.yml",
            *(f"{own}/{name}.yml" for name in ("main", "adopted", "services", "releases")),
            "host_vars/web.yml",
            "README.md",
        ]
    )
    main = content[f"{own}/main.yml"]
    assert main["network_cidr"] == "10.80.0.0/16"
    assert main["network_subnet_cidrs"]["private"] == ["10.80.10.0/24", "10.80.11.0/24"]
    assert (main["network_nat"], main["network_zones"]) == ("one", [f"{REGION}a", f"{REGION}b"])
    assert (main["database_identifier"], main["database_engine_version"]) == ("shop-db", "17.9")
    assert main["database_manage_master_password"] is False
    assert (main["cluster_name"], main["dns_zone_name"]) == ("shop", "shop.example.com")
    assert main["certificate_arn"] == shop.ids["certificate"]
    platform = content["hosts.yml"]["all"]["children"]["shop"]["children"]["platform"]["children"]
    hosts = {host for stage in platform.values() for host in stage["hosts"]}
    assert {"network", "database", "load_balancer", "cluster"} <= hosts
    assert not {"firewall", "guardrails", "database_access"} & hosts
    _check_pins(content[f"{own}/adopted.yml"]["slipway_adopted"], shop)
    _check_service(content)


def _check_pins(adopted: dict[str, Any], shop: Shop) -> None:
    network = adopted["network"]
    assert network["ec2_vpc.main"] == {"id": shop.ids["aws_vpc.this"], "change": []}
    assert network[f"ec2_subnet.database-{REGION}b"]["id"] == shop.ids["aws_subnet.database-1"]
    tables = {network[f"ec2_route_table.private-{REGION}{letter}"]["id"] for letter in "ab"}
    assert tables == {shop.ids["aws_route_table.private"]}
    assert network[f"ec2_nat_gateway.{REGION}a"]["id"] == shop.ids["aws_nat_gateway.this"]
    assert network[f"ec2_elastic_ip.nat-{REGION}a"]["id"] == shop.ids["aws_eip.nat"]
    assert network["ec2_security_group.services"]["id"] == shop.ids["aws_security_group.ecs"]
    assert network["ec2_network_acl.private"] == {"leave": True}
    assert adopted["load_balancer"]["elbv2_load_balancer.main"]["id"] == "shop-alb"
    assert adopted["database"]["rds_db_instance.main"]["id"] == "shop-db"
    assert "registry" not in adopted
    assert adopted["secrets"] == {"secretsmanager_secret.web/API_KEY": {"id": "shop/api-key", "change": []}}
    entries = [entry for component in adopted.values() for entry in component.values()]
    assert {json.dumps(entry["change"]) for entry in entries if "leave" not in entry} == {"[]"}


def _check_service(content: dict[str, Any]) -> None:
    web = content["host_vars/web.yml"]
    assert (web["service_domain"], web["service_dns_record"]) == ("www.shop.example.com", False)
    assert (web["service_cpu"], web["service_memory"], web["service_port"]) == (512, 1024, 8080)
    assert web["service_environment"] == {"LOG_LEVEL": "info"}
    assert web["service_secrets"] == {"API_KEY": {"generate": {}}}
    assert content["group_vars/shop/services.yml"] == {"environment_services": {"web": {"priority": 110}}}
    assert content["group_vars/shop/releases.yml"] == {"releases": {"web": {"image_tag": "1.4.2"}}}


def test_no_secret_is_written(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "shop.tfstate"
    text = "".join(files(described(shop, path)).values())
    for secret in (PASSWORD, API_KEY, GENERATED):
        assert secret in path.read_text(encoding="utf-8")
        assert secret not in text
    assert IN_THE_OPEN not in text


def test_what_stays_outside_is_told_with_the_reason(shop: Shop, tmp_path: Path) -> None:
    left = {one["what"]: one["why"] for one in described(shop, tmp_path / "shop.tfstate").part.left}
    assert "web comes new beside it" in left["service shop-web"]
    assert "before rule 110 of the new one" in left["service shop-web"]
    assert "has no load balancer" in left["service shop-worker"]
    assert "its value is written nowhere" in left["environment variable ADMIN_PASSWORD of web"]
    image = "image 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1.4.2 of web"
    assert "push it into the one that is made for the service" in left[image]
    assert "is a part of a secret" in left["secret DB of web"]
    assert "Slipway does not know it" in left["1 of aws_sqs_queue"]
    assert "blocks some" in left["component firewall"]


def test_a_tag_finds_the_same_as_the_state(shop: Shop, tmp_path: Path) -> None:
    by_state = files(described(shop, tmp_path / "shop.tfstate"))
    cloud = Cloud(REGION)
    claims = from_tag(cloud, "Project=shop")
    claims.ids.setdefault("aws_route53_zone", [shop.ids["zone"]])
    by_tag = files(describe(survey(cloud, claims), "shop", "", {"network"}))
    del by_state["README.md"], by_tag["README.md"]
    assert by_tag == by_state


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [("Project", "write key=value"), ("Project=bakery", "nothing in us-east-1 carries the tag Project=bakery")],
)
@pytest.mark.usefixtures("aws")
def test_a_tag_that_leads_nowhere_is_refused(tag: str, sentence: str) -> None:
    with pytest.raises(ConvergeError, match=sentence):
        from_tag(Cloud(REGION), tag)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (("999988887777", REGION), "lies in account 999988887777, and the credentials are those of 123456789012"),
        (("123456789012", "eu-west-1"), "lies in eu-west-1, and aws_region is us-east-1; give -e aws_region=eu-west-1"),
    ],
)
@pytest.mark.usefixtures("aws")
def test_another_account_or_region_is_refused(place: tuple[str, str], sentence: str) -> None:
    with pytest.raises(ConvergeError, match=sentence):
        survey(Cloud(REGION), Claims({"aws_vpc": ["vpc-1"]}, {place}))


def test_one_environment_has_one_network(client: Callable[[str], Any]) -> None:
    vpcs = [client("ec2").create_vpc(CidrBlock="10.80.0.0/16")["Vpc"]["VpcId"] for _ in range(2)]
    with pytest.raises(ConvergeError, match="there are 2 VPCs in what was given"):
        survey(Cloud(REGION), Claims({"aws_vpc": vpcs}))
    with pytest.raises(ConvergeError, match="vpc-0 is not in us-east-1 any more"):
        survey(Cloud(REGION), Claims({"aws_vpc": ["vpc-0"]}))
