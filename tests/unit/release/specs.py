"""A release as data, for tests that need one."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Spec, spec

COLOURS = {
    colour: {"ecs_service": f"web-{colour}", "target_group": f"arn:{colour}", "metric": f"targetgroup/{colour}/1"}
    for colour in ("blue", "green")
}
DECLARED: dict[str, Any] = {
    "service": "web",
    "engine": "weighted",
    "strategy": "canary",
    "cluster": "slipway-dev",
    "url": "https://web.dev.example.com",
    "rule": "arn:rule",
    "test_rule": "arn:test",
    "test_port": "8443",
    "load_balancer": "app/x/1",
    **COLOURS,
    "revision": "arn:task-definition/web:8",
    "image_tag": "1.2.0",
    "digest": "sha256:b",
    "family": "web",
    "container": "web",
    "steps": [10, 50, 100],
    "hold_back": 5,
    "bake_minutes": 5,
    "extend_minutes": 10,
    "unclear": "rollback",
    "latency_objective": 0.5,
    "schedule": "slipway-dev-web-switch",
    "actor": "anna",
}


def a_spec(**other: Any) -> Spec:
    """Return a release with some values other than usual."""
    return spec({**DECLARED, **other})
