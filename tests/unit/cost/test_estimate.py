"""What resources cost, against figures that were computed by hand and AWS's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_types
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.numbers import CanaryError
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.bill import differences, scaled
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.estimate import monthly_cost
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.parts import PARTS, shares

ROOT = Path(__file__).parents[3]
PRICES: dict[str, Any] = yaml.safe_load((ROOT / "roles" / "bill" / "files" / "prices.yml").read_text(encoding="utf-8"))
NOTHING = dict.fromkeys(
    ("requests_million", "capacity_units", "nat_gib", "endpoint_gib", "log_gib", "insights_metrics"), 0
)


def one(kind: str, name: str = "main", **properties: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "properties": properties}


def cost(*resources: dict[str, Any], tasks: int = 0, **usage: float) -> float:
    given = {"host": {"resources": list(resources), "tasks": tasks}}
    return float(monthly_cost(given, PRICES, {**NOTHING, **usage})["total"])


def service(strategy: list[dict[str, Any]], **definition: Any) -> list[dict[str, Any]]:
    # The second colour is there, and empty.
    services = [one("ecs_service", name, capacityProviderStrategy=strategy) for name in ("blue", "green")]
    return [*services, one("ecs_task_definition", **definition)]


ON_DEMAND = [{"capacityProvider": "FARGATE", "weight": 1}]
SPOT = [{"capacityProvider": "FARGATE", "base": 1, "weight": 0}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}]
SMALL = {"cpu": "256", "memory": "512"}
PORTS = [{"containerPort": 8080}]
#: A quarter of the requests is traced; the collector takes an eighth of the CPU and a quarter of the memory.
SHARE = [{"name": "OTEL_TRACES_SAMPLER_ARG", "value": "0.25"}]
TRACED = {
    **SMALL,
    "containerDefinitions": [
        {"name": "web", "cpu": 224, "environment": SHARE, "portMappings": PORTS},
        {"name": "collector", "cpu": 32, "memory": 128, "environment": []},
    ],
}


def test_tasks_that_a_component_declares_are_paid() -> None:
    """A component has no service whose tasks would be counted."""
    declared = one("ecs_service", "main", capacityProviderStrategy=ON_DEMAND, desiredCount=2)
    component = cost(declared, one("ecs_task_definition", **SMALL), tasks=0)
    assert component == pytest.approx(cost(*service(ON_DEMAND, **SMALL), tasks=2))
    assert component > 0


def test_fargate_as_in_the_example_of_its_pricing_page() -> None:
    """Source: https://aws.amazon.com/fargate/pricing/: 5 tasks of 1 vCPU and 2 GB, 10 minutes on 30 days, are $1.23."""
    tasks = service(ON_DEMAND, cpu="1024", memory="2048")
    assert round(cost(*tasks, tasks=5, running_hours=600 * 30 / 3600), 2) == 1.23


@pytest.mark.parametrize(
    ("resources", "tasks", "usage", "expected"),
    [
        # A vCPU and 2 GiB for a month, as infracost has it: 29.5504 + 6.4897.
        (service(ON_DEMAND, cpu="1024", memory="2048"), 1, {}, 36.0401),
        # 2 x (0.25 x 0.03238 + 0.5 x 0.00356) x 730.
        (service(ON_DEMAND, **SMALL, runtimePlatform={"cpuArchitecture": "ARM64"}), 2, {}, 14.4175),
        # 0.0123425 an hour: one on demand is 9.010025, two on Spot are 0.3 x 18.02005.
        (service(SPOT, **SMALL), 3, {}, 14.41604),
        # 30 GiB beyond the 20 that are free: 9.010025 + 30 x 0.000111 x 730.
        (service(ON_DEMAND, **SMALL, ephemeralStorage={"sizeInGiB": 50}), 1, {}, 11.440925),
        # A quarter of the hours.
        (service(ON_DEMAND, **SMALL), 1, {"running_hours": 182.5}, 2.25250625),
        # 0.065 x 730 with a standby, as infracost has db.t4g.small; 20 GiB at 0.23; the managed secret.
        ([one("rds_db_instance", DBInstanceClass="db.t4g.small", MultiAZ=True, AllocatedStorage=20,
              ManageMasterUserPassword=True)], 0, {}, 47.45 + 4.60 + 0.40),
        ([one("rds_db_instance", DBInstanceClass="db.t4g.small", AllocatedStorage=20)], 0, {"backup_gib": 10}, 26.975),
        # An hour 0.045, a GiB 0.045: 32.85 and 100 GiB over both.
        ([one("ec2_nat_gateway", "a"), one("ec2_nat_gateway", "b")], 0, {"nat_gib": 100}, 65.70 + 4.50),
        ([one("ec2_vpc_endpoint", "a", VpcEndpointType="Interface", SubnetIds=[1, 2, 3]),
          one("ec2_vpc_endpoint", "b", VpcEndpointType="Gateway")], 0, {"endpoint_gib": 7}, 21.90 + 0.07),
        # 16.425, two capacity units 11.68, an address in each public subnet 3.65.
        ([one("elbv2_load_balancer", Scheme="internet-facing"), one("ec2_subnet", "public-a"),
          one("ec2_subnet", "private-a")], 0, {"capacity_units": 2}, 16.425 + 11.68 + 3.65),
        ([one("elbv2_load_balancer", Scheme="internal"), one("ec2_subnet", "public-a")], 0, {}, 16.425),
        ([one("wafv2_web_acl", Rules=[{}, {}, {}])], 0, {"requests_million": 10}, 5 + 3 + 6),
        # An alarm over two metrics is paid as two; composite ones are half a dollar each.
        ([one("cloudwatch_alarm", Metrics=[{"MetricStat": {"Period": 60}}, {"MetricStat": {"Period": 60}},
                                           {"Expression": "a/b"}]),
          one("cloudwatch_alarm", "plain", Period=60), one("cloudwatch_alarm", "fine", Period=10),
          one("cloudwatch_composite_alarm")], 0, {}, 0.20 + 0.10 + 0.30 + 0.50),
        # 10 GiB come in; 73 days are 2.4 months of 30.4 days.
        ([one("logs_log_group", retentionInDays=73)], 0, {"log_gib": 10}, 5 + 10 * 0.03 * 2.4),
        ([one("ecs_cluster", settings=[{"name": "containerInsights", "value": "enhanced"}])], 0,
         {"insights_metrics": 100}, 7),
        ([one("kms_key"), one("secretsmanager_secret"), one("route53_hosted_zone")], 0, {}, 1.90),
        ([one("kms_key") | {"state": "absent"}], 0, {}, 0),
    ],
)  # fmt: skip
def test_each_type_is_worked_out(
    resources: list[dict[str, Any]], tasks: int, usage: dict[str, float], expected: float
) -> None:
    assert cost(*resources, tasks=tasks, **usage) == pytest.approx(expected, abs=1e-4)


def test_a_collector_takes_a_part_of_its_task_and_its_traces_are_paid_by_their_number() -> None:
    other = service(ON_DEMAND, **SMALL, containerDefinitions=[{"name": "api", "portMappings": PORTS}])
    given = {
        "web": {"resources": service(ON_DEMAND, **TRACED), "tasks": 1},
        "api": {"resources": other, "tasks": 0},
        "database_access": {"resources": [one("ecs_task_definition", containerDefinitions=[{"name": "psql"}])]},
    }
    names = monthly_cost(given, PRICES, {"requests_million": 16})["names"]
    # 730 x 0.03125 x 0.04048 + 730 x 0.125 x 0.004445, and 16 / 2 x 0.25 x 5.
    assert names["collectors in tasks"]["fixed"] == pytest.approx(1.329056, abs=1e-5)
    assert names["traces"]["usage"] == pytest.approx(10)
    assert names["tasks"]["total"] + names["collectors in tasks"]["total"] == pytest.approx(9.010025)
    untraced = {"web": {"resources": service(ON_DEMAND, **SMALL), "tasks": 1}}
    assert {"traces", "collectors in tasks"}.isdisjoint(monthly_cost(untraced, PRICES)["names"])


def test_the_base_of_a_strategy_comes_first() -> None:
    assert shares(SPOT, 5) == {"FARGATE": 1, "FARGATE_SPOT": 4}
    assert shares(SPOT, 1) == {"FARGATE": 1}
    mixed = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    assert shares(mixed, 4) == {"FARGATE": 1, "FARGATE_SPOT": 3}


def test_sums_by_host_name_and_service_are_those_of_the_lines() -> None:
    given = {
        "network": {"resources": [one("ec2_nat_gateway"), one("ec2_elastic_ip")]},
        "keys": {"resources": [one("kms_key")]},
    }
    bill = monthly_cost(given, PRICES, {"nat_gib": 100})
    assert bill["total"] == pytest.approx(32.85 + 4.5 + 3.65 + 1)
    assert bill["fixed"] == pytest.approx(32.85 + 3.65 + 1)
    assert bill["hosts"]["network"]["usage"] == pytest.approx(4.5)
    assert bill["services"]["EC2 - Other"]["total"] == pytest.approx(32.85 + 4.5)
    assert bill["unconfirmed"] == pytest.approx(3.65)
    for group in ("hosts", "names", "services"):
        assert sum(sums["total"] for sums in bill[group].values()) == pytest.approx(bill["total"])


def test_scaling_says_how_many_tasks_there_are_at_least() -> None:
    kind = "application_autoscaling_scalable_target"
    assert scaled([one(kind, "blue", MinCapacity=3), one(kind, "green", MinCapacity=0)]) == 3
    assert scaled([{**one(kind, "blue"), "initial": {"MinCapacity": 4}}, one(kind, "green", MinCapacity=0)]) == 4
    assert scaled([{**one(kind, "blue", MinCapacity=3), "state": "absent"}]) is None


def test_differences_are_told_greatest_first() -> None:
    before = monthly_cost({"a": {"resources": [one("kms_key"), one("secretsmanager_secret")]}}, PRICES)
    after = monthly_cost({"a": {"resources": [one("secretsmanager_secret"), one("ec2_nat_gateway")]}}, PRICES)
    rows = differences(before, after)
    assert [row["name"] for row in rows] == ["NAT gateways", "keys", "traffic through NAT"]
    assert rows[1] == {"name": "keys", "before": 1.0, "after": 0.0}


def test_every_type_has_a_price_or_a_reason_to_have_none() -> None:
    assert set(adapter_types()) == {*PARTS, *PRICES["free"]}
    assert not {*PARTS} & {*PRICES["free"]}


@pytest.mark.parametrize(
    ("given", "usage", "text"),
    [
        ({"a": {"resources": [one("mystery")]}}, {}, "the type mystery has no price"),
        ({"a": {"resources": []}}, {"nat_gb": 1}, "nat_gib"),
        ({"a": {"resources": []}}, {"nat_gib": -1}, "from 0"),
        (
            {"a": {"resources": [one("rds_db_instance", DBInstanceClass="db.x9.huge", AllocatedStorage=1)]}},
            {},
            "db.x9.huge",
        ),
        ({"a": {"resources": [], "tasks": -1}}, {}, "tasks of a"),
    ],
)
def test_what_cannot_be_priced_is_an_error(given: dict[str, Any], usage: dict[str, float], text: str) -> None:
    with pytest.raises(CanaryError, match=text):
        monthly_cost(given, PRICES, usage)


def test_a_price_without_a_source_is_refused() -> None:
    prices = {
        **PRICES,
        "prices": {**PRICES["prices"], "key": {"price": 1, "per": "key", "service": "x", "source": "me"}},
    }
    with pytest.raises(CanaryError, match="the source of key is 'me'"):
        monthly_cost({}, prices)
