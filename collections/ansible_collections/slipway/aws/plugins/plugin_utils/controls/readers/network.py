"""The network (VPC)."""

from __future__ import annotations

from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name


def vpc(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the network with its flow logs."""
    number = outputs["network/vpc_id"]
    logs = cloud.pages("ec2", "describe_flow_logs", "FlowLogs", Filters=[{"Name": "resource-id", "Values": [number]}])
    yield number, {"FlowLogs": logs}


def of_network(cloud: Cloud, outputs: Outputs, operation: str, key: str) -> list[Data]:
    """Return what an operation of EC2 lists of the network, asked for once."""
    number = outputs["network/vpc_id"]
    filters = [{"Name": "vpc-id", "Values": [number]}]
    found: list[Data] = cloud.cached((operation, number), lambda: cloud.pages("ec2", operation, key, Filters=filters))
    return found


def _security_groups(cloud: Cloud, outputs: Outputs) -> list[Data]:
    return of_network(cloud, outputs, "describe_security_groups", "SecurityGroups")


def default_security_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield AWS's own security group."""
    listed = _security_groups(cloud, outputs)
    yield from ((one["GroupId"], one) for one in listed if one["GroupName"] == "default")


def security_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield every security group of the network."""
    yield from ((one["GroupName"], one) for one in _security_groups(cloud, outputs))


def subnet(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the subnets."""
    yield from ((one["SubnetId"], one) for one in of_network(cloud, outputs, "describe_subnets", "Subnets"))


def network_acl(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the network ACLs."""
    listed = of_network(cloud, outputs, "describe_network_acls", "NetworkAcls")
    yield from ((one["NetworkAclId"], one) for one in listed)


def network_interface(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the network interfaces that are not a service's of AWS, such as tasks' and load balancers'."""
    listed = of_network(cloud, outputs, "describe_network_interfaces", "NetworkInterfaces")
    yield from ((one["NetworkInterfaceId"], one) for one in listed if not one["RequesterManaged"])


def endpoints(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the names of the services that have an endpoint, together."""
    listed = of_network(cloud, outputs, "describe_vpc_endpoints", "VpcEndpoints")
    names = {one["ServiceName"].split(".", 3)[-1] for one in listed if one["State"].lower() == "available"}
    yield "all", {"services": sorted(names)}


NETWORK = by_name(vpc, default_security_group, security_group, subnet, network_acl, network_interface, endpoints)
