"""An empty account: the whole plan without a single write, and an end without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import ENVIRONMENTS
from tests.e2e.environment import Environment, writes

#: One resource of every kind that a plan must name.
PLANNED = ("ec2_vpc", "ec2_subnet", "kms_key", "rds_db_instance", "elbv2_load_balancer", "wafv2_web_acl", "ecs_cluster")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_plan_is_whole_and_writes_nothing(name: str, cloud: dict[str, str], logs: Path) -> None:
    environment = Environment(name, cloud, logs)
    before = writes()
    planned = environment.playbook("site.yml", "--check", "--diff")
    assert writes() == before
    kinds = {resource.split(".")[0] for resource in planned.resources}
    assert set(PLANNED) <= kinds
    assert set(planned.resources.values()) == {"created"}
