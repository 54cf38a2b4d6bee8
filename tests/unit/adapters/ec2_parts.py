"""Declared EC2 resources that several tests stand on."""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]
ZONE = "us-east-1a"


def entry(kind: str, name: str, **properties: Any) -> Entry:
    """Return a declared resource with a Name tag."""
    return {"type": kind, "name": name, "properties": properties, "tags": {"Name": f"slipway-test-{name}"}}


VPC = entry("ec2_vpc", "main", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True)
VPC_ID = "${ec2_vpc.main.VpcId}"


def subnet(name: str, number: int) -> Entry:
    """Return a subnet of the VPC."""
    cidr = f"10.0.{number}.0/24"
    properties = {"VpcId": VPC_ID, "CidrBlock": cidr, "AvailabilityZone": ZONE, "MapPublicIpOnLaunch": False}
    return entry("ec2_subnet", name, **properties)


def group(name: str) -> Entry:
    """Return a security group of the VPC."""
    return entry("ec2_security_group", name, GroupName=name, Description=f"The {name} group", VpcId=VPC_ID)
