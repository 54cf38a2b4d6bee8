"""What the role guardrails declares for prod, converged as it is on what it needs, and what the report says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.controls import report
from tests.unit.adapters.converging import REGION, Converge
from tests.unit.adapters.test_watching_roles import declared
from tools.exceptions import exceptions

NEEDED = ("keys", "log_storage", "notifications")
#: Belongs to the account, and stays.
STAYS = {
    "s3_account_public_access_block.account",
    "ec2_ebs_encryption.account",
    "iam_account_password_policy.account",
    "iam_service_linked_role.config",
}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def of_prod(role: str) -> list[dict[str, Any]]:
    """Return what a role declares for prod, published where these tests look for outputs."""
    found: list[dict[str, Any]] = json.loads(
        json.dumps(declared("prod", role)).replace("/slipway/prod/", "/slipway/test/")
    )
    return found


def of_account(environment: str) -> list[report.Row]:
    """Return what the report says of the account as a whole."""
    rows = report.rows(Cloud(REGION), {}, exceptions(), environment, datetime.now(UTC).date())
    return [row for row in rows if row.resource.startswith("account_")]


def test_prod_is_watched_and_the_report_says_so(converge: Converge, client: Callable[[str], Any]) -> None:
    needed = {role: of_prod(role) for role in NEEDED}
    for resources in needed.values():
        converge(resources)
    assert {row.state for row in of_account("prod")} >= {report.FAILED}
    assert {row.state for row in of_account("dev")} <= {report.EXCEPTED, report.PASSED}
    guardrails = of_prod("guardrails")
    assert len(guardrails) > 40
    planned = set(converge(guardrails, check=True).changed)
    assert {f"{one['type']}.{one['name']}" for one in guardrails} - STAYS <= planned
    assert set(converge(guardrails).changed) == planned
    assert converge(guardrails).changed == {}
    assert converge(guardrails, check=True).changed == {}
    said = of_account("prod")
    assert [row for row in said if row.state not in {report.PASSED, report.EXCEPTED}] == []
    assert sum(row.state == report.PASSED for row in said) == len(said) - 3
    assert "${" not in json.dumps(client("logs").describe_metric_filters()["metricFilters"])
    gone = converge(guardrails, absent=True)
    assert {name for name, action in gone.actions.items() if action == "kept"} == STAYS
    for resources in reversed(needed.values()):
        converge(resources, absent=True)
