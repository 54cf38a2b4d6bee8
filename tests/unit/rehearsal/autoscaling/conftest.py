"""A shop whose services are scaled, with the real load balancer; a minute takes half a second."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.autoscaling import create as create_autoscaling
from rehearsal.metrics import create as create_metrics
from tests.unit.rehearsal.deployments.shop import Shop, Site, opened
from tests.unit.rehearsal.tasks.conftest import wait

SCALE = 120.0
NUMBERS = itertools.count(1)
AWAKE = dict.fromkeys(("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False)
STEPS: dict[str, Any] = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 50, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 50, "ScalingAdjustment": 2},
    ],
    "Cooldown": 60,
}


class Scaled:
    """One service of the shop as a scalable target, and a metric that the test sets.

    Args:
        shop: the cloud; site: the service's place.
    """

    def __init__(self, shop: Shop, site: Site) -> None:
        self.shop, self.site, self.metric = shop, site, f"load-{next(NUMBERS)}"
        self.aas, self.cw = shop.world.boto("application-autoscaling", "us-east-1"), shop.cloudwatch
        self.where = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{shop.cluster_name}/{site.name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }

    def create(self, count: int, least: int = 1, most: int = 4) -> None:
        """Create the service without a deployment strategy of its own, and register it."""
        self.shop.create_service(
            self.shop.cluster_name,
            self.shop.tags["1.0.0"],
            self.site.name,
            desiredCount=count,
            loadBalancers=self.site.balancers(),
        )
        self.until(count)
        wait(lambda: self.site.service()["deployments"][0]["rolloutState"] == "COMPLETED", "not deployed")
        self.register(MinCapacity=least, MaxCapacity=most)

    def register(self, **what: Any) -> None:
        self.aas.register_scalable_target(**self.where, **what)

    def suspend(self, **what: bool) -> None:
        self.register(SuspendedState={**AWAKE, **what})

    def track(self, name: str = "tracking", metric: str = "", target: float = 100, **more: Any) -> dict[str, Any]:
        """Put a target tracking policy on the test's metric, or on another."""
        own = {"MetricName": metric or self.metric, "Namespace": "Test", "Statistic": "Maximum"}
        body = {
            "TargetValue": target,
            "CustomizedMetricSpecification": own,
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 60,
        }
        return self.put(name, "TargetTracking", {**body, **more})

    def put(self, name: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self.aas.put_scaling_policy(
            **self.where, PolicyName=name, PolicyType=f"{kind}Scaling", **{f"{kind}ScalingPolicyConfiguration": body}
        )
        return made

    def step(
        self,
        name: str = "steps",
        threshold: float = 100,
        comparison: str = "GreaterThanOrEqualToThreshold",
        **more: Any,
    ) -> str:
        """Put a step scaling policy with an alarm on the test's metric; return the alarm's name."""
        arn = self.put(name, "Step", {**STEPS, **more})["PolicyARN"]
        alarm = f"{self.metric}-{name}"
        self.cw.put_metric_alarm(
            AlarmName=alarm,
            Namespace="Test",
            MetricName=self.metric,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator=comparison,
            TreatMissingData="notBreaching",
            AlarmActions=[arn],
        )
        return alarm

    def feed(self, value: float, metric: str = "") -> None:
        self.cw.put_metric_data(Namespace="Test", MetricData=[{"MetricName": metric or self.metric, "Value": value}])

    def fed(self, value: float, test: Callable[[], Any], seconds: float = 20, metrics: tuple[str, ...] = ()) -> Any:
        """Feed a value of the metric again and again until something holds."""

        def holds() -> Any:
            for metric in metrics or (self.metric,):
                self.feed(value, metric)
            return test()

        return wait(holds, f"not with {value}: {self.desired()} wanted, {self.causes()}", seconds)

    def minutes(self, number: float, value: float) -> None:
        """Feed a value for some virtual minutes."""
        end = self.shop.world.clock.now() + 60 * number
        self.fed(value, lambda: self.shop.world.clock.now() > end)

    def desired(self) -> int:
        return int(self.site.service()["desiredCount"])

    def until(self, count: int) -> None:
        wait(lambda: self.site.service()["runningCount"] == count, f"not {count} tasks")

    def activities(self) -> list[dict[str, Any]]:
        query = {"ServiceNamespace": "ecs", "ResourceId": self.where["ResourceId"]}
        found: list[dict[str, Any]] = self.aas.describe_scaling_activities(**query)["ScalingActivities"]
        return found

    def causes(self) -> list[str]:
        return [f"{one['Description']} {one['Cause']}" for one in self.activities()]

    def target(self) -> dict[str, Any]:
        found: dict[str, Any] = self.aas.describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[self.where["ResourceId"]]
        )["ScalableTargets"][0]
        return found


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a cloud with versions of an image pushed, whose alarms and policies act."""
    more = {"metrics": create_metrics, "autoscaling": create_autoscaling}
    with opened(tmp_path_factory.mktemp("scaled"), SCALE, "scaled", more) as one:
        yield one


@pytest.fixture
def scaled(shop: Shop) -> Iterator[Scaled]:
    """Return a service that can be scaled; all of it ends with the test."""
    site = Site(shop)
    one = Scaled(shop, site)
    yield one
    one.aas.deregister_scalable_target(**one.where)
    shop.ecs.delete_service(cluster=shop.cluster_name, service=site.name, force=True)
