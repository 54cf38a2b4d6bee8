from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

KEY = "cloudwatch_dashboard.main"
BODY: dict[str, Any] = {
    "start": "-PT6H",
    "widgets": [
        {"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "# dev"}},
        {
            "type": "metric",
            "x": 6,
            "y": 0,
            "width": 12,
            "height": 6,
            "properties": {"metrics": [["AWS/ECS", "CPUUtilization"]], "period": 60, "region": "us-east-1"},
        },
    ],
}


def dashboard(body: Any = None) -> dict[str, Any]:
    properties = {"DashboardName": "slipway-test", "DashboardBody": BODY if body is None else body}
    return {"type": "cloudwatch_dashboard", "name": "main", "properties": properties}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has no tags of dashboards."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge([dashboard()], absent=True)


def test_lives(converge: Converge) -> None:
    converge.lives([dashboard()])


def test_text_and_data_are_the_same(converge: Converge) -> None:
    converge([dashboard(json.dumps(BODY, indent=4, sort_keys=True))])
    assert converge([dashboard()]).changed == {}


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "start": "-PT1H"},
        {"widgets": BODY["widgets"]},
        {**BODY, "widgets": BODY["widgets"][::-1]},
        {**BODY, "periodOverride": "inherit"},
    ],
    ids=["changed", "removed", "order", "added"],
)
def test_mends_the_body(converge: Converge, client: Callable[[str], Any], body: dict[str, Any]) -> None:
    def drift(_run: Run) -> None:
        client("cloudwatch").put_dashboard(DashboardName="slipway-test", DashboardBody=json.dumps(body))

    converge.mends([dashboard()], drift, {KEY: {"DashboardBody"}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        arn = run.state(KEY)["DashboardArn"]
        client("cloudwatch").tag_resource(ResourceARN=arn, Tags=[{"Key": "foreign", "Value": "x"}])
        client("cloudwatch").untag_resource(ResourceARN=arn, TagKeys=["project"])

    converge.mends([dashboard()], drift, {KEY: {"Tags"}})


def test_text_that_is_no_json_is_told(converge: Converge) -> None:
    run = converge([dashboard("{")], fails=True)
    assert KEY in run.failures[0]


@pytest.mark.parametrize(
    ("widget", "message"),
    [
        ({"type": "picture"}, "type should be one of metric"),
        ({"type": "metric", "properties": {"metrics": [["AWS/ECS", "CPUUtilization"]]}}, "should have region"),
        ({"type": "text", "x": 20, "width": 6, "properties": {"markdown": "x"}}, "within 24 columns"),
        (
            {"type": "metric", "properties": {"region": "r", "metrics": [["AWS/ECS", "CPU", "ServiceName"]]}},
            "pairs of dimensions",
        ),
        (
            {
                "type": "metric",
                "properties": {
                    "region": "r",
                    "metrics": [["AWS/ECS", "CPU"], [{"expression": "SEARCH('{\"a-b\",c,d-e} x', 'Sum', 60)"}]],
                },
            },
            "/metrics/1 should have d-e in double quotes",
        ),
        (
            {"type": "metric", "properties": {"region": "r", "metrics": [], "view": "line"}},
            "view should be one of timeSeries",
        ),
    ],
)
def test_what_is_no_widget_is_refused(converge: Converge, widget: dict[str, Any], message: str) -> None:
    assert message in converge([dashboard({"widgets": [widget]})], fails=True).failures[0]
