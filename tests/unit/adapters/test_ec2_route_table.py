from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry, subnet

GATEWAY = entry("ec2_internet_gateway", "main", VpcId=VPC_ID)
TABLE = entry(
    "ec2_route_table",
    "public",
    VpcId=VPC_ID,
    Routes=[{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "${ec2_internet_gateway.main.InternetGatewayId}"}],
    SubnetIds=["${ec2_subnet.a.SubnetId}", "${ec2_subnet.b.SubnetId}"],
)
STORE = entry(
    "ec2_vpc_endpoint",
    "s3",
    VpcId=VPC_ID,
    ServiceName="com.amazonaws.${cloud.current.region}.s3",
    VpcEndpointType="Gateway",
    RouteTableIds=["${ec2_route_table.public.RouteTableId}"],
)
RESOURCES = [VPC, GATEWAY, subnet("a", 1), subnet("b", 2), TABLE, STORE]
KEY = "ec2_route_table.public"


def table(run: Run) -> str:
    return str(run.state(KEY)["RouteTableId"])


def test_lives_and_leaves_the_routes_of_gateway_endpoints_alone(converge: Converge) -> None:
    converge.lives(RESOURCES)


def test_removes_a_foreign_route(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        gateway = run.state("ec2_internet_gateway.main")["InternetGatewayId"]
        client("ec2").create_route(RouteTableId=table(run), DestinationCidrBlock="192.168.0.0/16", GatewayId=gateway)

    converge.mends(RESOURCES, drift, {KEY: {"Routes"}})


def test_makes_a_deleted_route_again(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        client("ec2").delete_route(RouteTableId=table(run), DestinationCidrBlock="0.0.0.0/0")

    converge.mends(RESOURCES, drift, {KEY: {"Routes"}})


def test_points_a_route_back(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        other = client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        client("ec2").replace_route(RouteTableId=table(run), DestinationCidrBlock="0.0.0.0/0", GatewayId=other)

    converge.mends(RESOURCES, drift, {KEY: {"Routes"}})


def test_takes_a_subnet_back_from_another_table(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        subnet_id = run.state("ec2_subnet.a")["SubnetId"]
        other = client("ec2").create_route_table(VpcId=run.state("ec2_vpc.main")["VpcId"])["RouteTable"]
        associations = client("ec2").describe_route_tables(RouteTableIds=[table(run)])["RouteTables"][0]["Associations"]
        ours = next(a["RouteTableAssociationId"] for a in associations if a["SubnetId"] == subnet_id)
        client("ec2").replace_route_table_association(AssociationId=ours, RouteTableId=other["RouteTableId"])

    converge.mends(RESOURCES, drift, {KEY: {"SubnetIds"}})


def test_gives_a_foreign_subnet_back(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        vpc = run.state("ec2_vpc.main")["VpcId"]
        foreign = client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.99.0/24")["Subnet"]["SubnetId"]
        client("ec2").associate_route_table(RouteTableId=table(run), SubnetId=foreign)

    converge.mends(RESOURCES, drift, {KEY: {"SubnetIds"}})
