"""What a service declares that shares its users with an environment in another region."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.adapters.service_facts import FACTS
from tests.unit.prometheus.conftest import resources

LEASED = {"write_lease_region": "us-east-2", "write_lease_table": "slipway-prod-writers"}


def declared(**more: Any) -> dict[str, dict[str, Any]]:
    """Return what web declares, by type and name."""
    found = resources(json.dumps({"__service_facts": FACTS, **more}), "service")
    return {f"{one['type']}.{one['name']}": one for one in found}


def variables(**more: Any) -> dict[str, str]:
    (container, *_) = declared(**more)["ecs_task_definition.main"]["properties"]["containerDefinitions"]
    return {one["name"]: one["value"] for one in container["environment"] if one["name"].startswith("WRITE_LEASE")}


def may_read(**more: Any) -> list[dict[str, Any]]:
    policy = declared(**more)["iam_role.task"]["properties"]["Policies"]["service"]
    return [one for one in policy["Statement"] if "dynamodb" in json.dumps(one["Action"])]


def test_it_reads_who_may_write_and_nothing_else_of_the_table() -> None:
    expected = {"TABLE": "slipway-prod-writers", "REGION": "us-east-2", "HOLDER": "dev"}
    assert variables(**LEASED) == {f"WRITE_LEASE_{name}": value for name, value in expected.items()}
    (statement,) = may_read(**LEASED)
    assert statement["Action"] == "dynamodb:GetItem"
    table = "arn:${cloud.current.partition}:dynamodb:us-east-2:${cloud.current.account}:table/slipway-prod-writers"
    assert statement["Resource"] == table


def test_its_name_is_shared_by_weight() -> None:
    record = declared(**LEASED)["route53_record.main"]
    assert record["properties"]["SetIdentifier"] == "dev"
    assert record["initial"] == {"Weight": 100}
    assert "Weight" not in record["properties"]
    assert declared(**LEASED, standby=True)["route53_record.main"]["initial"] == {"Weight": 0}


def test_alone_it_shares_nothing() -> None:
    record = declared()["route53_record.main"]
    assert "SetIdentifier" not in record["properties"]
    assert not record.get("initial")
    assert variables() == {}
    assert may_read() == []


def test_records_that_prove_names_outlive_a_standby() -> None:
    for standby in (True, False):
        found = resources(json.dumps({"standby": standby, "slipway_state": "absent"}), "certificate")
        assert any(one["type"] == "route53_record" for one in found) != standby


def test_the_lease_is_in_the_third_region_and_names_who_makes_it() -> None:
    given = {**LEASED, "env_name": "dev"}  # dev has no such host
    found = {one["type"]: one for one in resources(json.dumps(given), "write_lease")}
    assert found["dynamodb_item"]["initial"]["Item"] == {"holder": "dev", "seconds": 15}
    assert found["dynamodb_table"]["properties"]["TableName"] == "slipway-prod-writers"
    assert resources(json.dumps({**given, "write_lease_region": ""}), "write_lease") == []
