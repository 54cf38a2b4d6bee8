"""What GuardDuty makes where a Fargate task starts, when it manages its agent: an endpoint and its security group.

https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html
"""

from __future__ import annotations

from typing import Any

from rehearsal.world import World

TAGS = {"GuardDutyManaged": "true"}
AGENT = "ECS_FARGATE_AGENT_MANAGEMENT"


def guard(world: World, region: str, subnet: Any) -> None:
    """Give a subnet in which a task starts a way to GuardDuty."""
    if not _manages(world, region):
        return
    with world.lock:
        endpoint = _endpoint(world, region, subnet)
        if subnet.id not in endpoint.subnet_ids:
            endpoint.subnet_ids.append(subnet.id)


def _manages(world: World, region: str) -> bool:
    detectors = world.backend("guardduty", region).detectors.values()
    features = [one for each in detectors for one in each.features or [] if one.get("status") == "ENABLED"]
    more = [extra for one in features for extra in one.get("additionalConfiguration", [])]
    return any(one["name"] == AGENT and one["status"] == "ENABLED" for one in more)


def _endpoint(world: World, region: str, subnet: Any) -> Any:
    """Return the endpoint of the subnet's VPC, made for the first task."""
    backend, service = world.backend("ec2", region), f"com.amazonaws.{region}.guardduty-data"
    for one in backend.vpc_end_points.values():
        if (one.vpc_id, one.service_name) == (subnet.vpc_id, service) and one.state == "available":
            return one
    return backend.create_vpc_endpoint(
        vpc_id=subnet.vpc_id,
        service_name=service,
        endpoint_type="Interface",
        policy_document=None,
        route_table_ids=[],
        subnet_ids=[subnet.id],
        security_group_ids=[_group(backend, subnet.vpc_id)],
        private_dns_enabled=True,
        tags=TAGS,
    )


def _group(backend: Any, vpc: str) -> str:
    name = f"GuardDutyManagedSecurityGroup-{vpc}"
    there = [one.id for one in backend.groups[vpc].values() if one.name == name]
    text = f"Associated with VPC-{vpc} and tagged as GuardDutyManaged"
    return str(there[0] if there else backend.create_security_group(name, text, vpc_id=vpc, tags=TAGS).id)
