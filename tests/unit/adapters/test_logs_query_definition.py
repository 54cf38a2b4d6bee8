from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

KEY = "logs_query_definition.blocked"
QUERY: dict[str, Any] = {
    "type": "logs_query_definition",
    "name": "blocked",
    "properties": {"name": "slipway/blocked", "queryString": "fields @message", "logGroupNames": ["one", "two"]},
}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has no saved queries."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def test_lives(converge: Converge) -> None:
    converge.lives([QUERY])
    converge([QUERY], absent=True)


@pytest.mark.parametrize(("changed", "other"), [("queryString", "fields @timestamp"), ("logGroupNames", ["one"])])
def test_mends(converge: Converge, client: Callable[[str], Any], changed: str, other: Any) -> None:
    converge([QUERY], absent=True)

    def drift(run: Run) -> None:
        number = run.state(KEY)["queryDefinitionId"]
        client("logs").put_query_definition(**{**QUERY["properties"], changed: other}, queryDefinitionId=number)

    converge.mends([QUERY], drift, {KEY: {changed}})


def test_removes_all_of_its_name(converge: Converge, client: Callable[[str], Any]) -> None:
    logs = client("logs")
    for name in ("slipway/blocked", "slipway/blocked", "slipway/blocked-by-path"):
        logs.put_query_definition(**{**QUERY["properties"], "name": name})
    converge([QUERY], absent=True)
    left = logs.describe_query_definitions(queryDefinitionNamePrefix="slipway/blocked")["queryDefinitions"]
    assert [one["name"] for one in left] == ["slipway/blocked-by-path"]
