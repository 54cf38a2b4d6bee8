"""Forms that environments have, each in Slipway's words, or refused with what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.describe import describe
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.holdings import cluster
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.network import network
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.services import services
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.survey import Survey
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ZONES = ("eu-west-1a", "eu-west-1b")


def subnet(name: str, cidr: str, zone: str) -> dict[str, Any]:
    return {"SubnetId": name, "CidrBlock": cidr, "AvailabilityZone": zone}


def table(name: str, subnets: list[str], gateway: str = "local") -> dict[str, Any]:
    routes = [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}]
    return {"RouteTableId": name, "Routes": routes, "Associations": [{"SubnetId": one} for one in subnets]}


def survey(zones: tuple[str, ...] = ZONES, **more: Any) -> Survey:
    public = [subnet(f"public-{zone}", f"10.0.{n}.0/24", zone) for n, zone in enumerate(zones)]
    private = [subnet(f"private-{zone}", f"10.0.{n + 8}.0/24", zone) for n, zone in enumerate(zones)]
    routes = [
        table("rtb-public", [one["SubnetId"] for one in public], "igw-1"),
        {**table("rtb-main", []), "Associations": [{"Main": True}]},
    ]
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}
    made = Survey("111122223333", "eu-west-1", vpc, subnets=[*public, *private], routes=routes)
    return replace(made, **more)


def nat(zone: str) -> dict[str, Any]:
    return {
        "NatGatewayId": f"nat-{zone}",
        "SubnetId": f"public-{zone}",
        "NatGatewayAddresses": [{"AllocationId": f"eip-{zone}"}],
    }


def service(**more: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "nginx:1.27", "environment": []}
    definition = {
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
    }
    target = {"targetGroupArn": "tg-1", "containerName": "app", "containerPort": 80}
    return {"serviceName": "Shop_Web", "desiredCount": 1, "Definition": definition, "loadBalancers": [target], **more}


def balancer(*rules: dict[str, Any]) -> dict[str, Any]:
    listener = {"Port": 443, "Protocol": "HTTPS", "Rules": [*rules, {"Priority": "default", "Actions": []}]}
    return {"LoadBalancerName": "shop", "Type": "application", "Scheme": "internal", "Listeners": [listener]}


def rule(priority: int, *conditions: tuple[str, str]) -> dict[str, Any]:
    fields = [{"Field": name, "Values": [value]} for name, value in conditions]
    return {"Priority": str(priority), "Actions": [{"Type": "forward", "TargetGroupArn": "tg-1"}], "Conditions": fields}


@pytest.mark.parametrize(
    ("nats", "kind", "first"),
    [([], "none", "eu-west-1a"), ([ZONES[1]], "one", "eu-west-1b"), (ZONES, "per_zone", "eu-west-1a")],
)
def test_ways_out(nats: list[str], kind: str, first: str) -> None:
    part = network(survey(nats=[nat(zone) for zone in nats]))
    assert (part.variables["network_nat"], part.variables["network_zones"][0]) == (kind, first)
    pinned = {key: entry["id"] for key, entry in part.pins["network"].items() if key.startswith("ec2_nat")}
    assert pinned == {f"ec2_nat_gateway.{zone}": f"nat-{zone}" for zone in nats}


def test_subnets_for_the_database_are_made_where_nothing_is() -> None:
    part = network(survey())
    assert part.variables["network_subnet_cidrs"]["database"] == ["10.0.2.0/28", "10.0.2.16/28"]
    assert not [key for key in part.pins["network"] if key.startswith("ec2_subnet.database")]


def test_endpoints_of_other_kinds_are_nobodys_business() -> None:
    names = {"logs": "Interface", "s3": "Gateway", "dynamodb": "Interface", "vpce.vpce-svc-1": "GatewayLoadBalancer"}
    endpoints = [
        {"ServiceName": f"com.amazonaws.eu-west-1.{name}", "VpcEndpointType": kind, "VpcEndpointId": f"vpce-{name}"}
        for name, kind in names.items()
    ]
    part = network(survey(endpoints=endpoints))
    assert part.variables["network_interface_endpoints"] == ["logs"]
    pinned = {key: entry for key, entry in part.pins["network"].items() if key.startswith("ec2_vpc_endpoint")}
    assert pinned == {
        "ec2_vpc_endpoint.logs": {"id": "vpce-logs", "change": []},
        "ec2_vpc_endpoint.s3": {"id": "vpce-s3", "change": []},
        "ec2_vpc_endpoint.dynamodb": {"leave": True},
    }


@pytest.mark.parametrize(
    ("providers", "change"),
    [(["FARGATE", "FARGATE_SPOT"], []), (["FARGATE"], ["capacityProviders"]), ([], ["capacityProviders"])],
)
def test_a_cluster_gets_what_services_run_on(providers: list[str], change: list[str]) -> None:
    part = cluster(survey(clusters=[{"clusterName": "shop", "capacityProviders": providers}]))
    assert part.pins["cluster"]["ecs_cluster.main"] == {"id": "shop", "change": change}


def test_a_subnet_without_a_table_of_its_own_has_the_main_one() -> None:
    assert network(survey()).pins["network"]["ec2_route_table.private-eu-west-1a"]["id"] == "rtb-main"


def test_networks_that_cannot_be_taken_over_are_refused() -> None:
    with pytest.raises(ConvergeError, match=r"in 1 zones .*add subnets with Terraform, then adopt"):
        network(survey(ZONES[:1]))
    with pytest.raises(ConvergeError, match="networks of /16 to /23 can be taken over"):
        network(survey(vpc={"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}))


def test_without_a_zone_a_domain_is_asked_for() -> None:
    with pytest.raises(ConvergeError, match="give -e adopt_domain="):
        describe(survey(), "shop", "", set())
    assert describe(survey(), "shop", "shop.example.com", set()).part.variables["dns_zone_name"] == "shop.example.com"


def test_another_database_stays_and_what_needs_one_is_left_out() -> None:
    base = {"DBInstanceIdentifier": "old", "Engine": "mysql", "DBSubnetGroup": {"Subnets": []}, "VpcSecurityGroups": []}
    made = describe(survey(databases=[base]), "shop", "shop.example.com", set())
    assert made.stages["core"] == ["load_balancer"]
    assert made.stages["observability"] == ["budget"]
    assert {one["what"]: one["why"] for one in made.part.left}["database old"].startswith("it is mysql, and PostgreSQL")


@pytest.mark.parametrize(
    ("rules", "domain", "priority"),
    [
        ([rule(7, ("host-header", "www.a.com"))], "www.a.com", 10),
        ([rule(25, ("host-header", "www.a.com"), ("path-pattern", "/x/*"))], "www.a.com", 30),
        ([rule(7, ("host-header", "www.a.com"), ("http-header", "x"))], "web-new.a.com", 10),
        ([rule(7, ("path-pattern", "/x/*"))], "web-new.a.com", 10),
        ([], "web-new.a.com", 10),
    ],
    ids=["host", "paths", "header", "any host", "default action"],
)
def test_a_new_service_takes_no_request_from_the_old_one(
    rules: list[dict[str, Any]], domain: str, priority: int
) -> None:
    found = survey(
        balancers=[balancer(*rules)], clusters=[{"clusterName": "Shop_x"}], services=[service(serviceName="web")]
    )
    made = services(found, "a.com", set())
    assert (made.hosts["web"]["service_domain"], made.listed["web"]["priority"]) == (domain, priority)
    assert made.hosts["web"]["service_dns_record"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "x"),
        ("STRIPE_KEY", "x"),
        ("SOME_URL", "postgres://shop:hush@db/shop"),
        ("SESSION", "a8f5f167f44f4964e6c998dee827110c"),
    ],
)
def test_values_that_may_be_secret_are_not_written(name: str, value: str) -> None:
    one = service()
    one["Definition"]["containerDefinitions"][0]["environment"] = [
        {"name": name, "value": value},
        {"name": "MODE", "value": "fast"},
    ]
    made = services(survey(clusters=[{"clusterName": "c"}], services=[one]), "a.com", set())
    assert made.hosts["shop-web"]["service_environment"] == {"MODE": "fast"}
    assert value == "x" or value not in str(made)


def test_names_are_such_as_services_may_have() -> None:
    made = services(survey(clusters=[{"clusterName": "c"}], services=[service(), service()]), "a.com", {"shop-web"})
    assert list(made.hosts) == ["shop-web-a", "shop-web-2"]
