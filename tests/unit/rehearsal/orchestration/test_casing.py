"""Names of fields, times and errors are those that Step Functions has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from rehearsal.orchestration import interpreter
from rehearsal.orchestration.casing import from_api, to_api


def client(service: str) -> Any:
    return boto3.session.Session("a", "b", region_name="us-east-1").client(service)


def model(service: str, operation: str) -> Any:
    return client(service).meta.service_model.operation_model(operation)


def test_parameters_get_the_names_of_the_api() -> None:
    shape = model("ecs", "UpdateService").input_shape
    assert to_api({"Cluster": "c", "DesiredCount": 0}, shape) == {"cluster": "c", "desiredCount": 0}
    item = {"TableName": "t", "Item": {"id": {"S": "a"}}}
    assert to_api(item, model("dynamodb", "PutItem").input_shape) == item


def test_a_name_that_step_functions_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The field 'cluster' is not supported by Step Functions; it has .*Cluster"):
        to_api({"cluster": "c"}, model("ecs", "UpdateService").input_shape)


def test_answers_get_the_names_of_step_functions_and_times_as_text() -> None:
    at = datetime(2026, 11, 27, 20, tzinfo=UTC)
    answer = {"DBInstances": [{"DBInstanceStatus": "stopped", "InstanceCreateTime": at}], "ResponseMetadata": {}}
    told = {"DbInstances": [{"DbInstanceStatus": "stopped", "InstanceCreateTime": "2026-11-27T20:00:00.000Z"}]}
    assert from_api(answer, model("rds", "DescribeDBInstances").output_shape) == told


@pytest.mark.parametrize(
    ("service", "names", "name", "told"),
    [
        ("rds", "Rds", "DBInstanceNotFoundFault", "Rds.DbInstanceNotFoundException"),
        ("elbv2", "ElasticLoadBalancingV2", "RuleNotFoundException", "ElasticLoadBalancingV2.RuleNotFoundException"),
    ],
)
def test_errors_have_the_names_of_step_functions(service: str, names: str, name: str, told: str) -> None:
    error = getattr(client(service).exceptions, name)({"Error": {"Code": "x", "Message": "x"}}, "x")
    assert interpreter._error_name(names, error) == told  # noqa: SLF001
