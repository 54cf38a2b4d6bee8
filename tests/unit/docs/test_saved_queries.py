"""Saved queries ask log groups that there are."""

from __future__ import annotations

import pytest

from tests.unit.docs.rendered import WANTED, rendered


@pytest.mark.parametrize("number", range(len(WANTED)))
def test_every_group_that_is_asked_is_made(number: int) -> None:
    environment, resources = rendered()[number]
    made = {one["properties"]["logGroupName"] for one in resources if one["type"] == "logs_log_group"}
    asked = [one["properties"] for one in resources if one["type"] == "logs_query_definition"]
    named = {name for one in asked for name in one["logGroupNames"]}
    assert {name for name in named if not name.startswith("${")} <= made
    (cost,) = (one for one in asked if one["name"].endswith("/cost by log group"))
    assert f"/slipway/{environment}/network/flow-logs" in cost["logGroupNames"]
    assert f"aws-waf-logs-slipway-{environment}" in cost["logGroupNames"]
    assert (f"/slipway/{environment}/calls" in cost["logGroupNames"]) == (environment == "prod")
