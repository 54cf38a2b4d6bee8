"""How often AWS lets an account call its APIs, where it says so; a run stays below, instead of being refused.

The limits are those of a new account, per region. One that Service Quotas or AWS Support has raised is given to
``slipway.aws.converge`` as ``rate_limits``. AWS publishes none for IAM, Application Auto Scaling and the tagging API,
so their calls are not held back; a refusal is retried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from .resource import ConvergeError
from .token_bucket import TokenBucket


@dataclass(frozen=True)
class Family:
    """Calls that AWS counts alike.

    Attributes:
        rate: calls a second that can go on for ever.
        burst: calls at once after a rest.
        operations: names of API operations, with ``*``.
        each: every operation has a bucket of its own; without it all of them share one.
    """

    rate: float
    burst: float
    operations: tuple[str, ...]
    each: bool = False


def _single(service: str, rate: float, *operations: str) -> dict[str, Family]:
    """Return a family for each operation whose limit stands in Service Quotas as calls a second."""
    return {f"{service}.{name}": Family(rate, rate, (name,)) for name in operations}


#: By ``<boto3's service>.<family>``. The first family of a service that names an operation counts.
FAMILIES: Mapping[str, Family] = {
    # https://docs.aws.amazon.com/general/latest/gr/cw_region.html
    **_single("cloudwatch", 3, "PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms"),
    **_single("cloudwatch", 9, "DescribeAlarms"),
    **_single("cloudwatch", 10, "PutDashboard", "GetDashboard", "ListDashboards", "DeleteDashboards"),
    # https://docs.aws.amazon.com/general/latest/gr/cwl_region.html
    **_single("logs", 10, "DescribeLogGroups"),
    "logs.other": Family(5, 5, ("Put*", "Delete*", "Describe*", "*Tag*"), each=True),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
    "ecs.task_definition_modify": Family(1, 20, ("RegisterTaskDefinition", "DeregisterTaskDefinition")),
    "ecs.task_definition_read": Family(20, 50, ("DescribeTaskDefinition", "ListTaskDefinition*")),
    "ecs.task_definition_delete": Family(1, 5, ("DeleteTaskDefinitions",)),
    "ecs.service_modify": Family(5, 50, ("CreateService", "UpdateService", "DeleteService")),
    "ecs.service_read": Family(20, 100, ("DescribeServices", "ListServices")),
    "ecs.cluster_modify": Family(1, 20, ("CreateCluster", "DeleteCluster", "UpdateCluster*", "PutClusterCapacity*")),
    "ecs.cluster_read": Family(20, 50, ("DescribeClusters", "ListClusters")),
    "ecs.task_modify": Family(40, 100, ("RunTask", "StopTask")),
    "ecs.task_read": Family(20, 100, ("DescribeTasks", "ListTasks")),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
    "elbv2.read": Family(10, 40, ("Describe*",)),
    "elbv2.intensive": Family(0.2, 10, ("CreateLoadBalancer", "SetSubnets")),
    "elbv2.registration": Family(4, 20, ("RegisterTargets", "DeregisterTargets")),
    "elbv2.modify": Family(3, 20, ("*",)),
    # https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    "ec2.read": Family(20, 100, ("Describe*", "Get*", "List*", "Search*"), each=True),
    "ec2.modify": Family(5, 50, ("*",), each=True),
    # https://docs.aws.amazon.com/general/latest/gr/ssm.html: the default throughput, which these operations share
    "ssm.throughput": Family(40, 40, ("GetParameter", "GetParameters", "GetParametersByPath", "PutParameter")),
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
    "route53.all": Family(10, 50, ("*",)),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html, those of REST APIs
    "apigateway.CreateRestApi": Family(1 / 3, 1, ("CreateRestApi",)),
    "apigateway.CreateDeployment": Family(1 / 5, 1, ("CreateDeployment",)),
    "apigateway.UpdateAccount": Family(1 / 20, 1, ("UpdateAccount",)),
    "apigateway.UpdateUsagePlan": Family(1 / 20, 1, ("UpdateUsagePlan",)),
    "apigateway.DeleteRestApi": Family(1 / 30, 1, ("DeleteRestApi",)),
    "apigateway.GetResources": Family(2.5, 5, ("GetResources",)),
    **_single("apigateway", 5, "CreateResource", "DeleteResource", "CreateApiKey", "DeleteApiKey"),
    "apigateway.other": Family(10, 40, ("*",)),
}


@cache
def family_of(service: str, operation: str) -> str | None:
    """Return the name of the family that an API operation belongs to, ``None`` where AWS publishes no limit."""
    of_service = ((name, family) for name, family in FAMILIES.items() if name.startswith(f"{service}."))
    return next((name for name, family in of_service if _names(family, operation)), None)


def _names(family: Family, operation: str) -> bool:
    return any(fnmatchcase(operation, pattern) for pattern in family.operations)


class RateLimits:
    """The buckets of one process.

    Args:
        own: calls a second by family, where they are not the published ones; 0 holds a family back no longer.

    Raises:
        ConvergeError: there is no such family, or the rate is not a number of calls.
    """

    def __init__(self, own: Mapping[str, Any] | None = None) -> None:
        self._families = {**FAMILIES, **{name: _changed(name, rate) for name, rate in (own or {}).items()}}
        self._buckets: dict[str, TokenBucket] = {}

    def delay(self, service: str, operation: str, now: float) -> float:
        """Count a call at ``now`` and return the seconds by which it has to wait."""
        name = family_of(service, operation)
        if name is None or not self._families[name].rate:
            return 0.0
        family = self._families[name]
        key = f"{name}.{operation}" if family.each else name
        # setdefault is atomic: two threads that come first end up with one bucket.
        return self._buckets.setdefault(key, TokenBucket(family.rate, family.burst)).take(now)

    def seconds(self, service: str, operation: str, count: int) -> float:
        """Return how long ``count`` calls take at least when nothing else is called."""
        name = family_of(service, operation)
        family = self._families[name] if name else None
        return max(0.0, (count - family.burst) / family.rate) if family and family.rate else 0.0


def _changed(name: str, rate: Any) -> Family:
    if name not in FAMILIES:
        raise ConvergeError(f"rate_limits has {name!r}; there are {', '.join(FAMILIES)}")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 0:
        raise ConvergeError(f"rate_limits has {rate!r} for {name}; give calls a second, 0 for no limit")
    published = FAMILIES[name]
    return replace(published, rate=rate, burst=max(1, published.burst * rate / published.rate))
