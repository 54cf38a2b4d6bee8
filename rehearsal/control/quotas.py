"""AWS's default quotas, as far as a playbook could break them, with the error each one answers with.

An account of one's own may have had the adjustable ones raised; ``raised`` has what this cloud was told of that.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache

from rehearsal.control.overlay import Call, Refused

RAISED = "quotas.raised"


@dataclass(frozen=True)
class Quota:
    """One quota.

    Attributes:
        default: how many there may be.
        code: of the refusal.
        text: of the refusal; ``{most}`` and ``{of}`` stand for the quota and for what is full.
    """

    default: int
    code: str
    text: str


QUOTAS = {
    "balancers": Quota(50, "TooManyLoadBalancers", "The maximum number of load balancers has been reached"),
    "listeners": Quota(
        50, "TooManyListeners", "The maximum number of listeners on load balancer {of} has been reached"
    ),
    "rules": Quota(100, "TooManyRules", "The maximum number of rules on load balancer {of} has been reached"),
    "groups": Quota(3000, "TooManyTargetGroups", "The maximum number of target groups has been reached"),
    "groups of a balancer": Quota(
        100,
        "TooManyUniqueTargetGroupsPerLoadBalancer",
        "The maximum number of unique target groups per load balancer '{most}' has been reached on load balancer"
        " '{of}'",
    ),
    "groups of an action": Quota(
        5, "InvalidLoadBalancerAction", "A forward action takes at most {most} target groups; this one names {of}"
    ),
    "targets of a group": Quota(
        1000, "TooManyTargets", "The maximum number of targets per target group '{most}' has been reached on '{of}'"
    ),
    "groups of an interface": Quota(
        5,
        "SecurityGroupsPerInterfaceLimitExceeded",
        "The maximum number of security groups per interface has been reached.",
    ),
    "values of a rule": Quota(5, "ValidationError", "A rule can only have '{most}' condition values"),
    "vpcs": Quota(5, "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
    "subnets": Quota(200, "SubnetLimitExceeded", "The maximum number of subnets has been reached."),
    "addresses": Quota(5, "AddressLimitExceeded", "The maximum number of addresses has been reached."),
    "gateways": Quota(5, "NatGatewayLimitExceeded", "The maximum number of NAT gateways has been reached."),
    "route tables": Quota(200, "RouteTableLimitExceeded", "The maximum number of route tables has been reached."),
    "entries": Quota(20, "NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached."),
    "endpoints": Quota(50, "VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached."),
    "services": Quota(5000, "InvalidParameterException", "The maximum number of services in cluster {of} is {most}."),
    "task subnets": Quota(16, "InvalidParameterException", "subnets can have at most {most} items."),
    "task groups": Quota(5, "InvalidParameterException", "securityGroups can have at most {most} items."),
    "policies of a role": Quota(10, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: {most}"),
    "inline policies": Quota(10240, "LimitExceeded", "Maximum policy size of {most} bytes exceeded for role {of}"),
    "trust policy": Quota(2048, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: {most}"),
    "parameters": Quota(10_000, "ParameterLimitExceeded", "The maximum number of parameters is {most}."),
    "web acls": Quota(100, "WAFLimitsExceededException", "You exceeded your limit of {most} web ACLs."),
    "zones": Quota(500, "TooManyHostedZones", "The account has reached the limit of {most} hosted zones."),
    "metric filters": Quota(100, "LimitExceededException", "Resource limit exceeded."),
    "databases": Quota(40, "InstanceQuotaExceeded", "The request would exceed the quota of {most} DB instances."),
    "names of a certificate": Quota(
        10, "LimitExceededException", "An ACM limit has been exceeded. Need to request SAN limit to be raised"
    ),
}


@cache
def _raised() -> dict[str, int]:
    """Return the quotas that whoever started the cloud has raised, as one asks AWS to: ``{"vpcs": 20}``."""
    found: dict[str, int] = json.loads(os.environ.get("SLIPWAY_REHEARSAL_QUOTAS", "{}"))
    unknown = sorted(set(found) - set(QUOTAS))
    if unknown:
        raise ValueError(f"SLIPWAY_REHEARSAL_QUOTAS names {unknown}; there are {sorted(QUOTAS)}")
    return found


def enforce(call: Call, name: str, wanted: int, of: object = "") -> None:
    """Refuse a call after which there would be ``wanted`` of something.

    Args:
        call: the call.
        name: of the quota.
        wanted: how many there would be.
        of: what they belong to, for the text.
    """
    quota = QUOTAS[name]
    most = call.world.kept(RAISED).get(name, _raised().get(name, quota.default))
    if wanted > most:
        raise Refused(quota.code, quota.text.format(most=most, of=of))
