"""Parameter groups in the local cloud: moto does not know which parameters there are by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.adopted import Adopted
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import REGION, TAGS, Converge

KEY = "rds_db_parameter_group.main"
NAME = "test-postgres17"
#: The first two are RDS's defaults.
OURS = {"rds.force_ssl": 1, "pgaudit.log": "none", "log_lock_waits": 1, "max_connections": 57}


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def group(parameters: dict[str, Any]) -> dict[str, Any]:
    named = {"DBParameterGroupName": NAME, "DBParameterGroupFamily": "postgres17", "Description": "Test"}
    return {"type": "rds_db_parameter_group", "name": "main", "properties": {**named, "Parameters": parameters}}


@pytest.fixture
def by_users(client: Callable[[str], Any]) -> Callable[[], dict[str, str]]:
    def read() -> dict[str, str]:
        pages = client("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=NAME, Source="user")
        return {one["ParameterName"]: one["ParameterValue"] for page in pages for one in page["Parameters"]}

    return read


@pytest.fixture
def entry(converge: Converge) -> Any:
    yield group(OURS)
    converge([group(OURS)], absent=True)


def test_lives(converge: Converge, entry: dict[str, Any]) -> None:
    converge.lives([entry])


def test_a_default_that_is_declared_does_not_count_as_set(converge: Converge, entry: Any, by_users: Any) -> None:
    converge([entry])
    assert by_users() == {"log_lock_waits": "1", "max_connections": "57"}
    assert converge([entry]).changed == {}


def test_what_is_not_declared_any_more_goes_back_to_its_default(converge: Converge, entry: Any, by_users: Any) -> None:
    converge([entry])
    fewer = group({"rds.force_ssl": 0, "log_lock_waits": 1})
    assert converge([fewer]).changed == {KEY: {"Parameters"}}
    assert by_users() == {"rds.force_ssl": "0", "log_lock_waits": "1"}
    assert converge([fewer]).changed == {}


def test_what_others_set_is_reset(converge: Converge, client: Callable[[str], Any], entry: Any, by_users: Any) -> None:
    other = {"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"}

    def drift(_run: object) -> None:
        client("rds").modify_db_parameter_group(DBParameterGroupName=NAME, Parameters=[other])

    converge.mends([entry], drift, {KEY: {"Parameters"}})
    assert "work_mem" not in by_users()


def test_an_adopted_group_keeps_what_is_not_declared(converge: Converge, entry: dict[str, Any]) -> None:
    converge([entry])
    adopted = replace(parse(group({"rds.force_ssl": 1}), TAGS), adopted=Adopted(id=NAME))
    state = adapter_class("rds_db_parameter_group")(Cloud(REGION)).find_one(adopted)
    assert state is not None
    assert state["Parameters"] == {"rds.force_ssl": 1}
