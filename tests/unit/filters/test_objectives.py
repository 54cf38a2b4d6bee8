from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.slipway.aws.plugins.filter.objectives import objective_alarms
from rehearsal.metrics.alarm_rules import check_alarm
from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.queries import Reading
from rehearsal.metrics.store import Metric, Store

SHARED = {"availability": 99.9, "latency": 99, "seconds": 0.5, "requests": 50}
ALB = "AWS/ApplicationELB"
SERVICES = Path(__file__).parents[3] / "roles" / "alarms" / "vars" / "main" / "services.yml"


def alarms(own: dict[str, Any] | None = None, singles: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    found = objective_alarms({"web": own or {}}, SHARED, singles, "slipway-dev", {"AlarmActions": []})
    return {entry["name"]: entry["properties"] for entry in found}


def test_two_windows_for_each_objective_and_rate() -> None:
    found = alarms()
    assert sorted(found) == sorted(
        f"web/{kind}_{rate}/{window}"
        for kind in ("availability", "latency")
        for rate, windows in (("fast", ("1h", "5m")), ("slow", ("6h", "30m")))
        for window in windows
    )
    thresholds = {name: one["Threshold"] for name, one in found.items() if name.endswith(("1h", "6h"))}
    assert thresholds == {
        "web/availability_fast/1h": 1.44,
        "web/availability_slow/6h": 0.6,
        "web/latency_fast/1h": 14.4,
        "web/latency_slow/6h": 6.0,
    }
    assert found["web/latency_fast/5m"]["AlarmName"] == "slipway-dev-web-latency-fast-5m"


def test_a_service_has_its_own_objectives() -> None:
    found = alarms({"availability": 99, "latency": None})
    assert len(found) == 4
    assert found["web/availability_fast/1h"]["Threshold"] == 14.4


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"availability": 100}, "availability of web is 100; a share from 50 to less than 100"),
        ({"availability": 0.999}, "availability of web is 0.999"),
        ({"throughput": 1}, r"web has objectives \['throughput'\]; allowed are availability, latency"),
    ],
)
def test_what_is_no_objective_is_refused(own: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        alarms(own)


def share(kind: str, values: dict[str, tuple[int, int]], singles: tuple[str, ...] = ()) -> float:
    """Return what the alarm's own expression makes of (requests, bad ones) by colour, in five minutes."""
    store = Store()
    properties = alarms(singles=singles)[f"web/{kind}_fast/5m"]
    for colour, (requests, bad) in values.items():
        pairs = (
            ("LoadBalancer", "${output.web.load_balancer}"),
            ("TargetGroup", f"${{output.web.{colour}_target_group}}"),
        )
        times = Histogram()
        times.add(0.1, requests - bad)
        if bad:
            times.add(2.0, bad)
            store.add(Metric("r", ALB, "HTTPCode_Target_5XX_Count", pairs), 60, 1, "Count", bad)
        store.add(Metric("r", ALB, "RequestCount", pairs), 60, 1, "Count", requests)
        store.put(Metric("r", ALB, "TargetResponseTime", pairs), 60, times)
    return Reading(store, "r", 0, 300, 600).all(properties["Metrics"])["share"][0]


@pytest.mark.parametrize("kind", ["availability", "latency"])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"blue": (900, 9), "green": (100, 0)}, 0.9),
        ({"blue": (900, 0), "green": (100, 50)}, 5.0),
        ({"green": (100, 3)}, 3.0),
        ({"blue": (30, 30)}, 0.0),
        ({}, 0.0),
    ],
)
def test_the_share_is_that_of_both_colours(kind: str, values: dict[str, tuple[int, int]], expected: float) -> None:
    assert share(kind, values) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("own", "answered", "expected"),
    [(30, 70, 30), (10, 70, 10), (0, 70, 0), (500, 100, 0), (20, 104, 0)],
    ids=["hangs or resets", "clients that went away too", "WebSockets", "of another service", "of the minute before"],
)
def test_what_the_load_balancer_answers_for_a_target_counts(own: int, answered: int, expected: float) -> None:
    store, balancer = Store(), ("LoadBalancer", "${output.web.load_balancer}")
    pairs = (balancer, ("TargetGroup", "${output.web.green_target_group}"))
    times = Histogram()
    times.add(0.1, answered)
    store.put(Metric("r", ALB, "TargetResponseTime", pairs), 60, times)
    store.add(Metric("r", ALB, "RequestCount", pairs), 60, 1, "Count", 100)
    store.add(Metric("r", ALB, "HTTPCode_ELB_5XX_Count", (balancer,)), 60, 1, "Count", own)
    objective, share = alarms()["web/availability_fast/5m"]["Metrics"], error_share("web", "green")
    for metrics, period in ((objective, 300), (share, 60)):
        assert Reading(store, "r", 60, 60 + period, 600).all(metrics)["share"] == {60: expected}


def error_share(service: str, colour: str) -> list[dict[str, Any]]:
    """Return the metrics of the role's alarm on one target group."""
    loader = DataLoader()
    given = loader.load_from_file(str(SERVICES), trusted_as_template=True) | {"alarms_error_requests": 20}
    metrics = Templar(loader, given).template(given["__alarms_error_share_properties"]["Metrics"])
    text = json.dumps(metrics).replace("<each>", service).replace("<colour>", colour)
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_an_alarm_on_two_colours_is_one_that_cloudwatch_takes() -> None:
    for one in alarms().values():
        rest = {name: value for name, value in one.items() if name != "AlarmActions"}
        check_alarm(rest, "us-east-1")
        assert len([query for query in one["Metrics"] if "MetricStat" in query]) <= 7  # each costs


def test_a_service_with_one_target_group() -> None:
    assert share("latency", {"blue": (100, 20)}, singles=("web",)) == pytest.approx(20, rel=0.05)
