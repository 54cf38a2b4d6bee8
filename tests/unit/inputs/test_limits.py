"""Ranges and patterns beside the argument specs: what is refused, and that no default is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.limits import COMMON, LIMITS, limit_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.role_specs import role_specs

OPTIONS: dict[str, Any] = {
    name: option
    for options in role_specs([Path(__file__).parents[3] / "roles"]).values()
    for name, option in options.items()
}
#: A variable, a value that is none, and how what is allowed is said.
WRONG: list[tuple[str, Any, str]] = [
    ("database_port", 80, "database_port is 80; allowed are 1150 to 65535"),
    ("service_port", 70_000, "service_port is 70000; allowed are 1 to 65535"),
    ("service_desired_count", -1, "service_desired_count is -1; allowed are 0 to 5000"),
    ("database_backup_retention_days", 36, "allowed are 0 to 35"),
    ("database_allocated_storage_gib", 5, "allowed are 20 to 65536"),
    ("database_instance_class", "t4g.micro", "allowed are classes such as db.t4g.medium"),
    ("database_log_retention_days", 8, "allowed are 1, 3, 5, 7, 14"),
    ("database_access_recovery_days", 3, "allowed are 0, for none, and 7 to 30"),
    ("network_test_cidrs", ["10.0.0.0/8", "10.0.0.1/8"], "network_test_cidrs[1] is '10.0.0.1/8'; allowed are networks"),
    ("network_public_cidrs", ["10.0.0.5"], "network_public_cidrs[0] is '10.0.0.5'; allowed are networks"),
    ("notifications_emails", [""], "notifications_emails[0] is ''; allowed are addresses such as ops@example.com"),
    ("notifications_emails", ["ops@example"], "allowed are addresses such as ops@example.com"),
    ("dns_zone_name", "Dev.example.com.", "allowed are names such as shop.example.com"),
    ("release_bake_minutes", -3.0, "release_bake_minutes is -3.0; allowed are 0 and more"),
    ("release_bake_minutes", float("nan"), "allowed are 0 and more"),
    ("project", "My_Shop", "allowed are 2 to 20 of a-z, 0-9 and -"),
    ("preview_limit", "many", "preview_limit is 'many'; allowed are 1 to 50"),
    ("change_snapshots_kept", "0", "change_snapshots_kept is '0'; allowed are 1 to 100"),
    ("env_name", "dev\n", "env_name is 'dev\\n'; allowed are 2 to 20"),
]
RIGHT = {
    "notifications_emails": ["ops+aws@mail.example.com", "${output.people.email}"],
    "network_test_cidrs": ["0.0.0.0/0", "2001:db8::/32"],
    "service_metrics_port": 0,
    "database_identifier": "anything",
    "secrets_recovery_days": 0,
    "prometheus_digest": "",
    "env_name": None,
    "preview_limit": "3",
}


@pytest.mark.parametrize(("name", "value", "told"), WRONG)
def test_what_is_refused_is_told_with_what_is_allowed(name: str, value: Any, told: str) -> None:
    (sentence,) = limit_problems("web", {name: value}, LIMITS | COMMON)
    assert sentence.startswith(f"web: {name}")
    assert told in sentence


def test_what_is_within_passes() -> None:
    assert not list(limit_problems("web", RIGHT, LIMITS | COMMON))


def test_a_limit_belongs_to_a_variable_that_a_role_has() -> None:
    assert set(LIMITS) <= set(OPTIONS)


def test_no_default_is_refused() -> None:
    defaults = {name: option.get("default") for name, option in OPTIONS.items() if "{{" not in str(option)}
    assert not list(limit_problems("", defaults, LIMITS))
