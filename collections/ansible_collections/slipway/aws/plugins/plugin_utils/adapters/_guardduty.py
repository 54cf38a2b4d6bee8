"""What GuardDuty makes by itself in a VPC whose Fargate tasks it watches, and leaves there.

https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html
"""

from __future__ import annotations

from typing import Any

from ._ec2 import Ec2Adapter

ENDPOINTS = {"Name": "tag:GuardDutyManaged", "Values": ["true"]}
GROUP = "GuardDutyManagedSecurityGroup-{}"


def remove_endpoints(adapter: Ec2Adapter, vpc: str) -> None:
    """Remove its endpoints of a VPC that is taken down, which hold subnets, and wait until they are gone."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, ENDPOINTS]

    def left() -> list[dict[str, Any]]:
        found = adapter.cloud.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=filters)
        return [one for one in found if one["State"].lower() != "deleted"]

    there = left()
    wanted = [one["VpcEndpointId"] for one in there if one["State"].lower() != "deleting"]
    if wanted:
        adapter.cloud.progress(f"{vpc}: removing GuardDuty's endpoints {', '.join(wanted)}")
        adapter.write("delete_vpc_endpoints", VpcEndpointIds=wanted)
    if there:
        what = f"{vpc} waits for GuardDuty's endpoints to be gone"
        adapter.cloud.wait_until(lambda: not left(), what, at_most=adapter.timeout, poll=adapter.poll)


def remove_group(adapter: Ec2Adapter, vpc: str) -> None:
    """Remove the security group of its endpoints."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [GROUP.format(vpc)]}]
    for one in adapter.cloud.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=filters):
        adapter.when_free("delete_security_group", "InvalidGroup.NotFound", GroupId=one["GroupId"])
