"""What the network lets a task do: its interface, and its way to the registry."""

from __future__ import annotations

from typing import Any

from rehearsal.world import World

#: The endpoints without which a task in a closed network can pull no image from ECR.
#: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
REGISTRY_ENDPOINTS = ("ecr.api", "ecr.dkr")


def attach(world: World, region: str, subnet_id: str, groups: list[str]) -> Any:
    """Return a new network interface in a subnet."""
    ec2 = world.backend("ec2", region)
    return ec2.create_network_interface(ec2.get_subnet(subnet_id), None, group_ids=groups)


def detach(world: World, region: str, interface_id: str) -> None:
    """Delete a network interface."""
    world.backend("ec2", region).enis.pop(interface_id, None)


def reaches_internet(world: World, region: str, subnet_id: str, *, public_ip: bool) -> bool:
    """Say whether packets from a subnet find a way out and back."""
    for route in _routes(world, region, subnet_id):
        if route.destination_cidr_block != "0.0.0.0/0":
            continue
        if route.nat_gateway is not None:
            return bool(route.nat_gateway.state == "available")
        if route.gateway is not None:
            return public_ip
    return False


def reaches_registry(world: World, region: str, subnet_id: str, *, public_ip: bool) -> bool:
    """Say whether a task in a subnet can pull from ECR: over the internet, or through endpoints of the VPC."""
    if reaches_internet(world, region, subnet_id, public_ip=public_ip):
        return True
    ec2 = world.backend("ec2", region)
    vpc_id = ec2.get_subnet(subnet_id).vpc_id
    names = {e.service_name for e in ec2.vpc_end_points.values() if e.vpc_id == vpc_id}
    needed = {f"com.amazonaws.{region}.{name}" for name in (*REGISTRY_ENDPOINTS, "s3")}
    return needed <= names


def _routes(world: World, region: str, subnet_id: str) -> list[Any]:
    ec2 = world.backend("ec2", region)
    vpc_id = ec2.get_subnet(subnet_id).vpc_id
    tables = [table for table in ec2.route_tables.values() if table.vpc_id == vpc_id]
    own = [table for table in tables if subnet_id in _subnets(table)]
    main = [table for table in tables if table.main_association_id]
    return list((own or main)[0].routes) if own or main else []


def _subnets(table: Any) -> set[str]:
    return {association.get("SubnetId") for association in table.associations}
