"""Grafana's dashboards against a schema of their model, and what they ask against what services tell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.grafana import grafana_dashboards, grafana_variables

SCHEMA = json.loads((Path(__file__).parent / "dashboard.schema.json").read_text(encoding="utf-8"))
OBJECTIVES: dict[str, Any] = {"availability": 99.9, "latency": 99, "seconds": 0.5, "requests": 50}
#: What the reference service tells, and what Prometheus adds.
TOLD = {
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "app_info",
    "app_events_total",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "up",
    "ALERTS",
}
_METRIC = re.compile(r"\b([a-zA-Z_]+)(?=\{|\[)")


def dashboards(objectives: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    return grafana_dashboards("dev", objectives or OBJECTIVES, 15)


def expressions() -> list[str]:
    panels = [panel for model in dashboards().values() for panel in model["panels"]]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("name", ["services", "service"])
def test_a_dashboard_is_well_formed(name: str) -> None:
    jsonschema.validate(dashboards()[name], SCHEMA)


@pytest.mark.parametrize("wrong", [{"panels": []}, {"refresh": 30}, {"editable": True}, {"colour": "red"}])
def test_the_schema_refuses_what_is_not(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**dashboards()["service"], **wrong}, SCHEMA)


def test_panels_do_not_cover_each_other() -> None:
    for model in dashboards().values():
        cells = [
            (x, y)
            for place in (panel["gridPos"] for panel in model["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24


def test_panels_ask_for_what_there_is() -> None:
    asked = {name for text in expressions() for name in _METRIC.findall(text)}
    assert asked <= TOLD
    assert asked >= {"http_requests_total", "http_request_duration_seconds_bucket", "up"}


def test_promtool_takes_every_expression(promtool: Callable[..., str]) -> None:
    plain = [text.replace("$__rate_interval", "1m") for text in expressions()]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(plain)]
    promtool("check", "rules", "rules.yml", rules={"groups": [{"name": "panels", "rules": rules}]})


def test_objectives_are_lines() -> None:
    def limits(objectives: dict[str, Any]) -> dict[str, float]:
        panels = dashboards(objectives)["service"]["panels"]
        steps = {one["title"]: one["fieldConfig"]["defaults"]["thresholds"]["steps"] for one in panels}
        return {title: found[1]["value"] for title, found in steps.items() if len(found) > 1}

    assert limits(OBJECTIVES) == {"Failed requests": 0.001, "Latency": 0.5}
    assert limits({**OBJECTIVES, "availability": None}) == {"Latency": 0.5}


def test_nobody_gets_in_without_signing_in() -> None:
    found = grafana_variables({}, "grafana.dev.example.com", 8080)
    assert (found["GF_AUTH_ANONYMOUS_ENABLED"], found["GF_USERS_ALLOW_SIGN_UP"]) == (False, False)
    assert (found["GF_SECURITY_COOKIE_SECURE"], found["GF_SERVER_HTTP_PORT"]) == (True, 8080)
    assert not [name for name in found if "OAUTH" in name or "PASSWORD" in name]


def test_a_provider_can_sign_people_in() -> None:
    found = grafana_variables({"client_id": "x", "auth_url": "https://id.example.com/auth"}, "g.example.com", 8080)
    assert found["GF_AUTH_GENERIC_OAUTH_ENABLED"] is True
    assert found["GF_AUTH_GENERIC_OAUTH_AUTH_URL"] == "https://id.example.com/auth"
    with pytest.raises(AnsibleFilterError, match=r"has client_secret, which the role sets; .*_oidc_secret_arn"):
        grafana_variables({"client_secret": "x"}, "g.example.com", 8080)
