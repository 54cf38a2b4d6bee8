"""Metrics are all there or none: part of an answer would be wrong evidence."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.metric_data import metric_data

QUERIES = [{"Id": "requests"}, {"Id": "errors"}]


class Metrics:
    """CloudWatch, whose second query ends with a given code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def pages(self, _service: str, _operation: str, _result: str, **asked: Any) -> list[dict[str, Any]]:
        codes = ["Complete", self.code]
        at = [asked["StartTime"]]
        return [
            {"Id": query["Id"], "StatusCode": code, "Timestamps": at, "Values": [7.0]}
            for query, code in zip(asked["MetricDataQueries"], codes, strict=True)
        ]


def read(code: str) -> dict[str, dict[int, float]]:
    cloud: Any = Metrics(code)
    return metric_data(cloud, QUERIES, 60, 120)


def test_values_stand_by_query_and_second() -> None:
    assert read("PartialData") == {"requests": {60: 7.0}, "errors": {60: 7.0}}


@pytest.mark.parametrize("code", ["InternalError", "Forbidden"])
def test_one_query_that_failed_leaves_none(code: str) -> None:
    assert read(code) == {}
