"""What a service is given to read feature flags with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.adapters.service_facts import FACTS
from tests.unit.adapters.test_service_connect_role import evaluated

RIGHTS = ["appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"]


def given(*, reads: bool) -> tuple[dict[str, str], list[Any]]:
    """Return the variables about flags of web's container, and the statements of its role about AppConfig."""
    more = {"__service_facts": FACTS, "service_feature_flags": reads}
    found = evaluated("service", json.dumps(more))
    (definition,) = (one["properties"] for one in found if one["type"] == "ecs_task_definition")
    (task,) = (one["properties"] for one in found if (one["type"], one["name"]) == ("iam_role", "task"))
    container = next(one for one in definition["containerDefinitions"] if one["name"] == "web")
    variables = {one["name"]: one["value"] for one in container["environment"] if "FEATURE" in one["name"]}
    statements = task["Policies"]["service"]["Statement"]
    return variables, [(one["Action"], one["Resource"]) for one in statements if "appconfig" in str(one["Action"])]


@pytest.mark.parametrize("reads", [True, False])
def test_it_may_read_its_configuration_and_nothing_else(reads: bool) -> None:
    variables, rights = given(reads=reads)
    place = {"APPLICATION": "mol-test", "ENVIRONMENT": "test", "PROFILE": "flags"}
    assert variables == ({f"FEATURE_FLAGS_{name}": value for name, value in place.items()} if reads else {})
    assert rights == ([(RIGHTS, "${output.feature_flags.configuration_arn}")] if reads else [])


def test_appconfig_may_look_at_the_alarms_and_nothing_else() -> None:
    flags = [{"name": "new", "enabled": True}]
    found = evaluated("feature_flags", json.dumps({"feature_flags_list": flags}))
    (role,) = (one["properties"] for one in found if one["type"] == "iam_role")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (right,) = role["Policies"]["look"]["Statement"]
    assert trust["Principal"] == {"Service": "appconfig.amazonaws.com"}
    assert right["Action"] == "cloudwatch:DescribeAlarms"
    assert [arn.rpartition(":")[2] for arn in right["Resource"]] == ["mol-test-flags-errors"]
