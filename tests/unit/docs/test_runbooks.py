"""Each alarm has a page that says what to do, and each page an alarm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.alarms import composite_alarms, with_runbooks
from ansible_collections.slipway.aws.plugins.filter.objectives import objective_alarms
from ansible_collections.slipway.aws.plugins.filter.prometheus_services import prometheus_service_rules
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.resources import scaling_resources
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import scaling_targets
from tests.unit.adapters.test_watching_roles import declared

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "runbooks"
_ADDRESS = re.compile(r"Runbook: docs/runbooks/(\w+)\.md$")


def entry(name: str) -> dict[str, Any]:
    return {
        "type": "cloudwatch_alarm",
        "name": name,
        "properties": {"AlarmDescription": "Something", "AlarmName": name},
    }


def alarms() -> list[dict[str, Any]]:
    """Return all alarms of an environment with a service ``web``."""
    text = "".join(path.read_text("utf-8") for path in (ROOT / "roles" / "alarms" / "vars" / "main").glob("*.yml"))
    names = re.findall(r"'?name'?: ['\"]?(\S+?/[^\s'\",]+)", text)
    assert len(names) > 20
    # The first load balancer has no suffix.
    names = [name.replace("<suffix>", "") for name in names]
    each = [entry(name.replace("<each>", "web", 1) if name.startswith("<each>") else name) for name in names]
    each += objective_alarms(
        {"web": {}}, {"availability": 99, "latency": 99, "seconds": 1, "requests": 1}, [], "slipway-dev", {}
    )
    return each + composite_alarms(each, {}, "slipway-dev")


def of_other_roles() -> list[dict[str, Any]]:
    """Return the alarms of the roles autoscaling, feature_flags and guardrails."""
    side = {
        "name": "blue",
        "service": "web-blue",
        "cluster": "c",
        "load_balancer": "l",
        "groups": ["g"],
        "serves": True,
    }
    scaling = scaling_resources(scaling_targets({}), [{**side, "runbooks": "docs/runbooks"}])
    made = [*scaling, *declared("prod", "guardrails"), *declared("prod", "feature_flags")]
    found = [one for one in made if one["type"] == "cloudwatch_alarm"]
    assert {one["properties"]["AlarmName"].split("-")[2] for one in found} >= {"calls", "flags", "scale"}
    return found


def pages() -> dict[str, str]:
    """Return the page of each alarm."""
    found = {}
    for one in [*with_runbooks(alarms(), "docs/runbooks/", ["web"]), *of_other_roles()]:
        address = _ADDRESS.search(one["properties"]["AlarmDescription"])
        assert address, one
        found[one["name"]] = address[1]
    limits = dict.fromkeys(
        ("latency_p95", "latency_p99", "requests", "error_share", "error_requests", "cpu", "memory"), 1
    )
    sizes = {"cpu": {"web": 256}, "memory": {"web": 512}}
    (group,) = prometheus_service_rules([{"service": "web"}], limits, {}, sizes, "docs/runbooks")["groups"]
    return found | {one["alert"]: Path(one["annotations"]["runbook_url"]).stem for one in group["rules"]}


def test_each_alarm_has_a_page() -> None:
    there = {path.stem for path in PAGES.glob("*.md")}
    assert {name: page for name, page in pages().items() if page not in there} == {}


def test_each_page_has_an_alarm() -> None:
    wanted = set(pages().values())
    assert {path.stem for path in PAGES.glob("*.md")} - wanted == set()


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_a_page_says_where_to_look_and_what_to_do(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "\n**Look**\n\n1. " in text
    assert "\n**Do**\n\n* " in text
    for name in re.findall(r"\]\((\w+\.md)\)", text):
        assert (PAGES / name).is_file(), name
    for playbook in re.findall(r"playbooks/\w+\.yml", text):
        assert (ROOT / playbook).is_file(), playbook
