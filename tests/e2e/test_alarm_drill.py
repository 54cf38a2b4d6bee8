"""Alarms ring for what they are for, tell people once, and fall silent again."""

from __future__ import annotations

import re

import pytest

from rehearsal.drill.causes import CAUSES
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment, Outcome

PLAYBOOK = "playbooks/alarm_drill.yml"
#: A row of the table as a list in YAML has it: cause, alarm, when it rang and fell silent, and whom it told.
_ROW = re.compile(r"- [\w-]+ ([\w-]+) \d+ min \d+ min ((?:by|people)[\w, -]*?)(?= - | PLAY)")
PAGES = {"certificate", "database", "firewall", "load-balancer", "network", "web", "web-tasks"}
SAMPLE = ("attack", "limits-of-certificate")


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def told(outcome: Outcome) -> dict[str, str]:
    """Return by alarm, of those that rang and fell silent, who told people."""
    return dict(_ROW.findall(outcome.said))


def test_a_sample_rings_tells_and_is_silent_again(dev: Environment) -> None:
    assert told(dev.playbook(PLAYBOOK, "-e", f"causes={','.join(SAMPLE)}")) == {
        "firewall-blocked": "by firewall",
        "firewall": "people",
        "certificate-days": "by certificate",
        "certificate": "people",
    }


def test_every_alarm_has_its_runbook_and_only_pages_tell(dev: Environment) -> None:
    kinds = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    pages = dev.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix="slipway-dev-", **kinds)
    alarms = [one for page in pages for one in page["MetricAlarms"] + page["CompositeAlarms"]]
    for one in alarms:
        assert (ROOT / one["AlarmDescription"].rpartition("Runbook: ")[2]).is_file(), one["AlarmName"]
    assert {one["AlarmName"] for one in alarms if one["AlarmActions"]} == {f"slipway-dev-{page}" for page in PAGES}


def test_a_drill_runs_in_a_local_cloud_only(dev: Environment) -> None:
    elsewhere = Environment("dev", {**dev.variables, "AWS_ENDPOINT_URL": "https://aws.example.com"}, dev.logs)
    assert "A drill breaks what it drills" in elsewhere.playbook(PLAYBOOK, expect=2).said


@pytest.mark.soak
def test_every_cause_and_the_environment_is_as_before(fresh: Environment) -> None:
    fresh.stand_up()
    drilled = told(fresh.playbook(PLAYBOOK))
    for page in sorted({page for cause in CAUSES for page in cause.at("web", "").pages}):
        assert drilled[page].startswith("people"), page
    assert fresh.playbook("site.yml").changed == {}
