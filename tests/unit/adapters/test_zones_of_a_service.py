"""Whether ECS may move the tasks of a service between zones."""

from __future__ import annotations

import json

import pytest

from tests.unit.adapters.service_facts import FACTS
from tests.unit.adapters.test_service_connect_role import evaluated


@pytest.mark.parametrize(("most", "moved"), [(100, "DISABLED"), (150, "ENABLED")])
def test_tasks_are_moved_where_one_more_may_run(most: int, moved: str) -> None:
    found = evaluated("service", json.dumps({"__service_facts": FACTS, "service_maximum_percent": most}))
    services = [one["properties"] for one in found if one["type"] == "ecs_service"]
    assert {one["availabilityZoneRebalancing"] for one in services} == {moved}
