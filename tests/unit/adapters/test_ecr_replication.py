"""Copies of images in other regions, in the local cloud: moto takes one rule only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Entry, Run

KEY = "ecr_replication.main"


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def rule(prefix: str, region: str = "us-west-2") -> dict[str, Any]:
    return {
        "destinations": [{"region": region, "registryId": "123456789012"}],
        "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
    }


def copies(*rules: dict[str, Any]) -> list[Entry]:
    properties = {"replicationConfiguration": {"rules": list(rules) or [rule("slipway-test/")]}}
    return [{"type": "ecr_replication", "name": "main", "properties": properties}]


def test_lives(converge: Converge) -> None:
    converge.lives(copies())
    converge(copies(), absent=True)


def test_rules_of_others_stay(converge: Converge, client: Callable[[str], Any]) -> None:
    ecr, others = client("ecr"), rule("theirs/")
    ecr.put_replication_configuration(replicationConfiguration={"rules": [others]})

    def drift(run: Run) -> None:
        del run
        changed = [others, rule("slipway-test/", "eu-west-1")]
        ecr.put_replication_configuration(replicationConfiguration={"rules": changed})

    converge.mends(copies(), drift, {KEY: {"replicationConfiguration"}})
    converge(copies(), absent=True)
    assert ecr.describe_registry()["replicationConfiguration"]["rules"] == [others]
    ecr.put_replication_configuration(replicationConfiguration={"rules": []})


def test_the_local_cloud_refuses_to_copy_into_the_same_region(converge: Converge) -> None:
    run = converge(copies(rule("slipway-test/", "us-east-1")), fails=True)
    assert "cannot be the same as the source registry" in str(run.failures)
