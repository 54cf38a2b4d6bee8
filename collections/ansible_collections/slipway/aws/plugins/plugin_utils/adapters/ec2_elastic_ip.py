"""Elastic IP addresses."""

from __future__ import annotations

from ._ec2 import Ec2Adapter


class Ec2ElasticIp(Ec2Adapter):
    """A public address of ours."""

    create_operation = "AllocateAddress"
    kind = "elastic-ip"
    required = ("Domain",)
    immutable = ("Domain", "NetworkBorderGroup", "PublicIpv4Pool")
    computed = ("AllocationId", "PublicIp")
    list_operation = ("describe_addresses", "Addresses", "AllocationId")
    delete_operation = ("release_address", "InvalidAllocationID.NotFound")


ADAPTER = Ec2ElasticIp
