from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

KEY = "logs_query_definition.slow"
QUERY = {
    "type": "logs_query_definition",
    "name": "slow",
    "properties": {"name": "test/slow", "queryString": "fields ms | sort ms desc"},
}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has no saved queries."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge([QUERY], absent=True)


def test_lives(converge: Converge) -> None:
    converge.lives([QUERY])


def test_mends_the_query_and_keeps_its_id(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        own = run.state(KEY)["queryDefinitionId"]
        client("logs").put_query_definition(name="test/slow", queryString="limit 1", queryDefinitionId=own)

    converge.mends([QUERY], drift, {KEY: {"queryString"}})
    found = client("logs").describe_query_definitions(queryDefinitionNamePrefix="test/")["queryDefinitions"]
    assert [one["queryString"] for one in found] == ["fields ms | sort ms desc"]


def test_what_is_no_query_is_refused(converge: Converge) -> None:
    wrong = {**QUERY, "properties": {"name": "test/slow", "queryString": "select * from logs"}}
    assert "no command" in converge([wrong], fails=True).failures[0]


def test_log_groups_that_are_not_there_are_refused(converge: Converge) -> None:
    wrong = {**QUERY, "properties": {**QUERY["properties"], "logGroupNames": ["/not/there"]}}
    assert "/not/there" in converge([wrong], fails=True).failures[0]
