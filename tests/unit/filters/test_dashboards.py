from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.dashboards import (
    dashboard_services,
    platform_dashboard,
    service_dashboards,
)
from ansible_collections.slipway.aws.plugins.filter.saved_queries import saved_queries, trace_groups

HOSTS: dict[str, dict[str, Any]] = {
    "web": {
        "service_domain": "web.example.com",
        "service_objectives": {"availability": 99},
        "service_trace_share": 0.5,
    },
    "api": {"service_engine": "rolling", "service_domain": "api.example.com"},
    "old": {"service_engine": "ecs"},
}
PLACE: dict[str, Any] = {
    "prefix": "slipway-dev",
    "environment": "dev",
    "region": "us-east-1",
    "account": "123456789012",
    "partition": "aws",
    "balancer": "app/slipway-dev/1",
    "cluster": "slipway-dev",
    "database": "slipway-dev",
    "log_groups": "/slipway/dev",
    "runbooks": "docs/runbooks",
    "owners": "database,network",
    "platform_logs": ["/slipway/dev/network/flow-logs", "aws-waf-logs-slipway-dev"],
    "log_price": 0.7,
}
OBJECTIVES = {"availability": 99.9, "latency": 99, "seconds": 0.5, "requests": 50}
SERVICES = dashboard_services(HOSTS, HOSTS, OBJECTIVES, "slipway-dev")


class HostVars(dict[str, Any]):
    """As Ansible's, which has something for every name, and that has no values."""

    def get(self, name: str, _default: Any = None) -> Any:
        return self[name]


def test_a_service_that_is_no_host_here_has_a_picture_too() -> None:
    assert dashboard_services(HostVars(HOSTS), ["far"], OBJECTIVES, "slipway-dev")[0]["name"] == "far"


def widget(body: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one["properties"] for one in body["widgets"] if one["properties"].get("title") == title)


def body(service: str) -> dict[str, Any]:
    found = {one["name"]: one["properties"]["DashboardBody"] for one in service_dashboards(SERVICES, PLACE)}
    return dict(found[service])


@pytest.mark.parametrize("found", [body("web"), body("api"), platform_dashboard(SERVICES, PLACE)])
def test_widgets_lie_beside_each_other(found: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for one in found["widgets"]:
        cells = {
            (x, y) for x in range(one["x"], one["x"] + one["width"]) for y in range(one["y"], one["y"] + one["height"])
        }
        assert not cells & taken
        assert one["x"] + one["width"] <= 24
        taken |= cells
    assert len(json.dumps(found)) < 100_000


def test_a_picture_has_both_sides_and_the_marks_of_releases() -> None:
    metrics = widget(body("web"), "Requests a minute, and releases")["metrics"]
    assert [one[5] for one in metrics[:2]] == ["${output.web.blue_target_group}", "${output.web.green_target_group}"]
    assert [one[1] for one in metrics[2:]] == ["ReleasePromoted", "ReleaseRolledBack"]
    assert {one[-1]["yAxis"] for one in metrics[2:]} == {"right"}


def test_what_runs_is_drawn_over_what_is_wanted() -> None:
    metrics = widget(body("web"), "Tasks that run and are wanted")["metrics"]
    assert [one[1] for one in metrics] == ["DesiredTaskCount"] * 2 + ["RunningTaskCount"] * 2


def test_failures_are_those_in_place_of_the_target_too() -> None:
    metrics = widget(body("web"), "Failed requests, per cent")["metrics"]
    assert metrics[0][0]["expression"] == (
        "100 * (FILL(e_blue, 0) + IF(o_blue > own, own, IF(o_blue > 0, o_blue, 0))) / r_blue"
    )
    assert metrics[-1][:4] == [
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        "LoadBalancer",
        "${output.web.load_balancer}",
    ]


def test_names_that_a_search_needs_in_quotes_have_them() -> None:
    (search,) = widget(body("web"), "Requests by version")["metrics"][0]
    assert search["expression"] == (
        """SEARCH('{"slipway-dev",service,version} service="web" MetricName="Requests"', 'Sum', 60)"""
    )


def test_a_service_follows_its_engine() -> None:
    title = "Tasks that run and are wanted"
    assert {one[5] for one in widget(body("web"), title)["metrics"]} == {
        "slipway-dev-web-blue",
        "slipway-dev-web-green",
    }
    assert {one[5] for one in widget(body("api"), title)["metrics"]} == {"slipway-dev-api"}
    assert {one[5] for one in widget(body("old"), title)["metrics"]} == {"slipway-dev-old"}
    assert len(widget(body("api"), "95th percentile, seconds")["metrics"]) == 1


def test_the_line_is_that_of_the_objective() -> None:
    line = widget(body("web"), "Failed requests, per cent")["annotations"]["horizontal"][0]
    assert line["value"] == 1
    line = widget(body("api"), "Failed requests, per cent")["annotations"]["horizontal"][0]
    assert line["value"] == 0.1


def test_the_platform_has_all_services_and_alarms() -> None:
    found = platform_dashboard(SERVICES, PLACE)
    assert [one[3] for one in widget(found, "Requests by service")["metrics"]] == ["web", "api", "old"]
    marks = widget(found, "Requests a minute, and releases")["metrics"][1:]
    assert [(one[1], one[3]) for one in marks[:2]] == [("ReleasePromoted", "web"), ("ReleaseRolledBack", "web")]
    assert [one[-1]["label"] for one in marks[2:4]] == ["api promoted", "api rolled back"]
    names = [arn.rpartition(":")[2] for arn in widget(found, "Alarms")["alarms"]]
    assert names == [f"slipway-dev-{owner}" for owner in ("database", "network", "web", "api", "old")]


def test_queries_are_over_all_services() -> None:
    *found, _ = saved_queries(SERVICES, PLACE)
    assert {one["properties"]["name"] for one in found} == {
        f"slipway-dev/{name}" for name in ("errors by version", "slowest routes", "one request")
    }
    assert all(one["properties"]["logGroupNames"] == [f"/slipway/dev/{name}" for name in HOSTS] for one in found)


def test_the_query_for_costs_is_over_the_platform_too_at_the_price_that_is_given() -> None:
    query = saved_queries(SERVICES, PLACE)[-1]["properties"]
    assert query["name"] == "slipway-dev/cost by log group"
    assert query["logGroupNames"] == [*PLACE["platform_logs"], *(f"/slipway/dev/{name}" for name in HOSTS)]
    assert "* 0.7 as dollars" in query["queryString"]


def test_a_query_for_costs_has_at_most_fifty_groups() -> None:
    services = [{"name": f"service-{number}"} for number in range(101)]
    found = saved_queries(services, PLACE)[3:]
    assert [one["name"] for one in found] == ["cost_by_log_group", "cost_by_log_group_2", "cost_by_log_group_3"]
    assert [len(one["properties"]["logGroupNames"]) for one in found] == [50, 50, 3]
    assert len({name for one in found for name in one["properties"]["logGroupNames"]}) == 103


def test_traces_of_services_that_trace() -> None:
    failed, slow, rule = trace_groups(SERVICES, PLACE)
    assert failed["properties"]["FilterExpression"].endswith(" AND fault")
    assert slow["properties"]["FilterExpression"].endswith(" AND responsetime > 0.5")
    assert 'service("web")' in slow["properties"]["FilterExpression"]
    assert (rule["properties"]["FixedRate"], rule["properties"]["ServiceName"]) == (0.5, "web")


def test_names_of_traces_stay_apart_however_long_they_are() -> None:
    hosts = {
        name: {"service_trace_share": 1} for name in ("a-service-with-a-long-name", "a-service-with-a-long-name-too")
    }
    entries = trace_groups(dashboard_services(hosts, hosts, OBJECTIVES, "slipway-dev"), PLACE)
    names = [one["properties"].get("GroupName", one["properties"].get("RuleName")) for one in entries]
    assert len(set(names)) == 6
    assert max(map(len, names)) <= 32
