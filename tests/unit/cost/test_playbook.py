"""The playbook itself: offline, where any call would fail, and beside what Cost Explorer says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[3]
#: Nobody listens here.
NOWHERE = "http://127.0.0.1:9"


def playbook(name: str, environment: str, report: Path, endpoint: str, **extra: Any) -> str:
    variables = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "ANSIBLE_FORCE_COLOR": "0",
    }
    given = json.dumps({"bill_report_path": str(report), **extra})
    command = [sys.executable, "-m", "ansible", "playbook", name, "-i", f"inventories/{environment}", "-e", given]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(environment: str, report: Path, endpoint: str, **extra: Any) -> tuple[str, dict[str, Any]]:
    told = playbook("playbooks/cost.yml", environment, report, endpoint, **extra)
    return told, json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))


def test_a_change_is_told_line_by_line_offline(tmp_path: Path) -> None:
    choice = {"name": "one gateway", "set": {"network_nat": "one"}, "hosts": ["network", "alarms"]}
    told, report = run("prod", tmp_path / "prod", NOWHERE, bill_change={"network_nat": "one"}, bill_choices=[choice])
    # Two gateways, their addresses and two alarms on each.
    expected = -2 * (0.045 + 0.005) * 730 - 2 * 2 * 0.10
    assert report["change"]["difference"] == pytest.approx(expected)
    total = pytest.approx(report["change"]["total"])
    assert report["choices"] == [{"name": "one gateway", "total": total, "difference": pytest.approx(expected)}]
    assert [row["name"] for row in report["change"]["rows"]] == ["NAT gateways", "public addresses", "alarms"]
    assert "with network_nat=one" in told
    page = (tmp_path / "prod.html").read_text(encoding="utf-8")
    assert f"{report['total']:.2f} dollars a month" in page
    assert f"{expected:+.2f}" in page


@pytest.fixture
def explorer() -> Iterator[str]:
    """Return an endpoint whose Cost Explorer knows a month."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    groups = [
        {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for name, amount in (("AWS Key Management Service", "3.5"), ("Tax", "20"))
    ]
    answer = {"ResultsByTime": [{"Groups": groups, "Estimated": False}], "DimensionValueAttributes": []}
    content = json.dumps({"results": [answer]}).encode()
    place = urlsplit(endpoint)
    connection = HTTPConnection(str(place.hostname), place.port)
    connection.request("POST", "/moto-api/static/ce/cost-and-usage-results", content)
    assert connection.getresponse().status == 201
    yield endpoint
    server.stop()


def test_what_was_paid_stands_beside_the_estimate(tmp_path: Path, explorer: str) -> None:
    told, report = run("dev", tmp_path / "dev", explorer, bill_choices=[], actual=True)
    rows = {row["name"]: row for row in report["actual"]["rows"]}
    assert report["actual"]["total"] == pytest.approx(23.5)
    assert rows["AWS Key Management Service"] == {
        "name": "AWS Key Management Service",
        "estimate": pytest.approx(3),
        "paid": pytest.approx(3.5),
    }
    assert rows["Tax"]["estimate"] == 0
    assert rows["EC2 - Other"]["paid"] == 0
    assert "20.00  Tax, estimated 0.00" in told


def test_a_bill_is_compared_with_the_one_before(tmp_path: Path) -> None:
    _, first = run("dev", tmp_path / "first", NOWHERE, bill_choices=[])
    cheaper = {**first, "total": first["total"] - 1, "names": {**first["names"], "keys": {"total": 2.0}}}
    (tmp_path / "first.json").write_text(json.dumps(cheaper), encoding="utf-8")
    told, second = run("dev", tmp_path / "first", NOWHERE, bill_choices=[])
    assert second["before"]["rows"] == [{"name": "keys", "before": 2.0, "after": 3.0}]
    assert "since the last report: +1.00 dollars a month" in told


def test_an_environment_is_compared_with_another(tmp_path: Path) -> None:
    _, dev = run("dev", tmp_path / "dev", NOWHERE, bill_choices=[])
    told, prod = run("prod", tmp_path / "prod", NOWHERE, bill_choices=[], bill_before=str(tmp_path / "dev.json"))
    assert prod["total"] > dev["total"]
    assert f"since the last report: {prod['total'] - dev['total']:+.2f} dollars a month" in told
    rows = {row["name"]: (row["before"], row["after"]) for row in prod["before"]["rows"]}
    assert rows["PostgreSQL"] == (dev["names"]["PostgreSQL"]["total"], prod["names"]["PostgreSQL"]["total"])


def test_a_plan_tells_what_differs_from_the_last_report_and_leaves_it(tmp_path: Path) -> None:
    """The last play of playbooks/plan.yml by itself: those before it ask AWS."""
    last = yaml.safe_load((ROOT / "playbooks" / "plan.yml").read_text(encoding="utf-8"))[-1]
    alone = tmp_path / "cost_of_plan.yml"
    alone.write_text(yaml.safe_dump([last]), encoding="utf-8")
    report = tmp_path / "dev"
    told = playbook(str(alone), "dev", report, NOWHERE)
    assert f"no report to compare with; playbooks/cost.yml writes one to {report}.json" in told
    assert "dev costs" in told
    assert list(tmp_path.iterdir()) == [alone]
    run("dev", report, NOWHERE, bill_choices=[])
    before = report.with_suffix(".json").read_text(encoding="utf-8")
    told = playbook(str(alone), "dev", report, NOWHERE, network_nat="none")
    assert "NAT gateways: 32.85 -> 0.00" in told
    assert "no report" not in told
    assert report.with_suffix(".json").read_text(encoding="utf-8") == before
