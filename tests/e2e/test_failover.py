"""A region is lost, another takes over and gives back: never two writers, and every row is accounted for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import TIME_SCALE
from tests.e2e.environment import ROOT
from tests.e2e.regions import HOST, Note, Regional, Writer, lost, moment

Pair = tuple[Regional, Regional]


@pytest.fixture
def pair(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """Return an environment that serves, and one in another region that stands by with a pilot light."""
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path / "cloud"))
    with cli.running_cloud(TIME_SCALE) as variables:
        east, west = (Regional(name, variables, logs, tmp_path) for name in ("east", "west"))
        east.write()
        east.playbook("site.yml", "--limit", "foundation")
        west.write(dns_zone_id=zone(east))
        west.playbook("site.yml", "--limit", "all:!asleep")
        east.stand_up()
        west.push_images()
        yield east, west


def zone(environment: Regional) -> str:
    name = f"/slipway/{environment.name}/dns/zone_id"
    return str(environment.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def sent_to(environment: Regional) -> list[str]:
    """Return whom users are sent to."""
    records = environment.client("route53").list_resource_record_sets(HostedZoneId=zone(environment))
    shared = [one for one in records["ResourceRecordSets"] if one["Name"] == f"{HOST}." and one.get("Weight")]
    return [one["SetIdentifier"] for one in shared]


def report(environment: Regional) -> dict[str, Any]:
    path = ROOT / "reports" / "failover" / f"{environment.name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def take_over(environment: Regional, playbook: str, *more: str) -> None:
    environment.playbook(f"playbooks/{playbook}.yml", "-e", f"confirm={environment.name}", *more)
    assert environment.ask("POST", "/notes", {"text": "after it"})[0] == 201


def one_after_the_other(before: list[Note], after: list[Note]) -> None:
    """Expect that nobody wrote in both environments at any time."""
    assert before
    assert after
    assert max(one.answered for one in before) < min(one.sent for one in after)


def flowing(notes: list[Note]) -> None:
    """Wait until somebody writes."""
    deadline = time.monotonic() + 60
    while len(notes) < 5:
        assert time.monotonic() < deadline, "nobody could write"
        time.sleep(0.1)


def lose(east: Regional, west: Regional) -> None:
    """Cut East off from the lease, alive and reached by users as it is, and let West take over."""
    with Load(east.url, east.variables, pause=0.5), Writer(east) as in_east, Writer(west) as in_west:
        flowing(in_east)
        cli.order("fault", kind="error", code="ServiceUnavailable", caller="slipway-east-web-task")
        take_over(west, "failover", "-e", "unplanned=true")
        flowing(in_west)
    one_after_the_other(in_east, in_west)
    assert sent_to(west) == ["west"]
    found = report(west)
    restored = moment(datetime.fromisoformat(found["restored_to"]).timestamp())
    gone = lost(in_east, west)
    assert all(one.answered > restored for one in gone), f"{gone} were copied before {restored}"
    assert (found["unplanned"], found["problems"]) == (True, [])


def go_back(east: Regional, west: Regional) -> None:
    """Let East take over again, and lose nothing."""
    cli.order("clear")
    with Writer(east) as in_east, Writer(west) as in_west:
        flowing(in_west)
        take_over(east, "failback")
        flowing(in_east)
    one_after_the_other(in_west, in_east)
    assert sent_to(east) == ["east"]
    assert lost(in_west, east) == []
    assert report(east)["measured"]["rpo"] == 0


@pytest.mark.soak
def test_a_lost_region_is_taken_over_from_and_gone_back_to_with_one_writer_at_a_time(pair: Pair) -> None:
    east, west = pair
    assert sent_to(east) == ["east"]
    lose(east, west)
    go_back(east, west)
    assert east.playbook("site.yml").changed == {}
