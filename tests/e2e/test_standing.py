"""What holds on an environment that stands: nothing to do, drift found and mended, requests served, parts alone."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import yaml

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.drift import DRIFTS
from tests.e2e.environment import ROOT, Environment, quiet, writes
from tests.e2e.tagged import lacking, tagged

#: Runs side by side; each waits for its answers most of the time.
AT_ONCE = 3
#: Services of AWS that each environment has something of.
KINDS = 20
#: Of the network, the firewall, the database, the cluster, notifications and the service.
LOG_GROUPS = 6


def test_requests_write_and_read_rows(standing: Environment) -> None:
    deadline = time.monotonic() + 20
    with Load(standing.url, standing.variables) as load:
        while load.read <= 50 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert load.failures == []
    assert load.read > 50


def test_the_firewall_blocks_attacks_only(standing: Environment) -> None:
    assert standing.get("/notes?limit=5") == 200
    assert standing.get("/notes?q=%3Cscript%3Ealert(1)%3C/script%3E") == 403
    assert standing.get("/notes?id=1%27%20OR%201%3D1--") == 403


def test_second_run_changes_nothing(standing: Environment) -> None:
    assert standing.playbook("site.yml").changed == {}


def test_check_after_the_run_prints_nothing(standing: Environment) -> None:
    planned = standing.playbook("site.yml", "--check", "--diff")
    assert planned.changed == {}
    assert planned.resources == {}


def test_drift_is_named_and_mended(unlike: Environment) -> None:
    expected = {name for name, drift in DRIFTS.items() if drift(unlike)}
    assert len(expected) == len(DRIFTS)
    named = set(unlike.playbook("site.yml", "--check", "--diff").resources)
    assert expected <= named
    assert set(unlike.playbook("site.yml", "--diff").resources) == named
    assert unlike.playbook("site.yml", "--check", "--diff").resources == {}


def test_every_component_alone(stand: Stand) -> None:
    dev = stand("dev")
    inventory = yaml.safe_load((ROOT / "inventories" / "dev" / "hosts.yml").read_text(encoding="utf-8"))
    stages = inventory["all"]["children"]["dev"]["children"]["platform"]["children"].values()
    names = [name for stage in stages for name in stage["hosts"]]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        alone = dict(zip(names, pool.map(lambda name: dev.playbook("site.yml", "--limit", name), names), strict=True))
    for name, one in alone.items():
        assert one.changed == {}, name
        assert re.findall(r"^(\S+) +: ok=[1-9]", one.output, re.MULTILINE) == [name]


def test_nothing_is_without_the_tags_of_the_bill(standing: Environment) -> None:
    logs, name = standing.client("logs"), f"/slipway/{standing.name}/made-by-hand"
    logs.create_log_group(logGroupName=name, tags={"environment": standing.name})
    try:
        found = tagged(standing)
    finally:
        logs.delete_log_group(logGroupName=name)
    kinds = {one.split(" ", 1)[0] for one in found}
    assert len(kinds) >= KINDS
    by_hand = [one for one in found if one.endswith(name)]
    without = lacking(standing, found)
    assert without.pop(by_hand[0]) == ["project", "component", "service", "owner", "cost_centre"]
    assert without == {}


def test_no_log_is_kept_for_ever(standing: Environment) -> None:
    pages = standing.client("logs").get_paginator("describe_log_groups").paginate()
    groups = [one for page in pages for one in page["logGroups"] if standing.name in one["logGroupName"]]
    assert len(groups) >= LOG_GROUPS
    assert [one["logGroupName"] for one in groups if "retentionInDays" not in one] == []


def test_an_image_that_is_not_in_the_registry_stops_before_any_write(unlike: Environment) -> None:
    quiet()
    before = writes()
    wanted = json.dumps({"releases": {"web": {"image_tag": "9.9.9"}}, "network_flow_log_retention_days": 1})
    refused = unlike.playbook("site.yml", "-e", wanted, expect=2)
    assert "9.9.9 is not in the registry, which has" in refused.said
    assert writes() == before
