"""One request from the load balancer to the database, in logs and traces; and the level of logs at run time."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.places import where_to_look
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment
from tests.e2e.releases import version

WITHIN = 30.0


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def until(read: Callable[[], Any], what: str) -> Any:
    """Return the first answer that is none of the empty ones."""
    deadline = time.monotonic() + WITHIN
    while not (found := read()):
        assert time.monotonic() < deadline, what
        time.sleep(0.3)
    return found


def lines(environment: Environment, words: str) -> list[dict[str, Any]]:
    """Return the lines of the service's log that have some words in them."""
    found = environment.client("logs").filter_log_events(logGroupName="/slipway/dev/web", filterPattern=words)["events"]
    return [json.loads(one["message"]) for one in found]


def test_one_request_through_load_balancer_service_and_database(dev: Environment) -> None:
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    correlation = f"order-{secrets.token_hex(4)}"
    status, headers = dev.send(
        "POST", "/notes", {"text": "followed"}, X_Amzn_Trace_Id=f"Root={root}", X_Correlation_Id=correlation
    )
    assert (status, headers["x-correlation-id"]) == (201, correlation)
    line = until(lambda: lines(dev, f'"{correlation}"'), "no line of the request")[0]
    assert (line["trace_id"], line["request_id"]) == (root, headers["x-request-id"])
    assert (line["service"], line["environment"], line["route"]) == ("web", "dev", "/notes")
    assert line["version"] == version(dev)
    xray = dev.client("xray")
    traced = until(
        lambda: [one for one in xray.batch_get_traces(TraceIds=[root])["Traces"] if len(one["Segments"]) == 2],
        "no trace",
    )
    segments = [json.loads(one["Document"]) for one in traced[0]["Segments"]]
    server = next(one for one in segments if "http" in one)
    database = next(one for one in segments if "sql" in one)
    assert (server["name"], server["http"]["response"]["status"]) == ("web", 201)
    assert server["metadata"]["default"]["request_id"] == headers["x-request-id"]
    assert (database["name"], database["parent_id"]) == ("notes", server["id"])
    assert database["sql"]["sanitized_query"].startswith("INSERT INTO notes")
    assert server["start_time"] <= database["start_time"] <= database["end_time"] <= server["end_time"]
    places = dict(line.split(maxsplit=1) for line in where_to_look(dev.client, "dev", []))
    assert int(places["traces"].partition(",")[0]) > 0


def test_the_service_counts_what_it_does(dev: Environment) -> None:
    dev.send("POST", "/notes", {"text": "counted"})
    found = until(lambda: dev.client("cloudwatch").list_metrics(Namespace="slipway-dev")["Metrics"], "no metrics")
    dimensions = [{one["Name"]: one["Value"] for one in metric["Dimensions"]} for metric in found]
    assert {"service": "web", "version": version(dev)} in dimensions
    assert {metric["MetricName"] for metric in found} >= {"Latency", "Requests", "Errors", "NotesCreated"}


def test_the_level_of_logs_changes_without_a_restart(dev: Environment) -> None:
    mark = secrets.token_hex(4)
    dev.playbook("playbooks/log_level.yml", "-e", "service=web", "-e", "level=debug")
    until(lambda: lines(dev, '"log level is debug now"'), "the service did not follow")
    dev.get(f"/readyz?{mark}")
    assert until(lambda: lines(dev, '"/readyz"'), "no line of debug")[0]["level"] == "debug"
    assert dev.playbook("site.yml", "--limit", "web").changed == {}
    dev.playbook("playbooks/log_level.yml", "-e", "service=web", "-e", "level=default")
    until(lambda: lines(dev, '"log level is info now"'), "the service did not go back")
    refused = dev.playbook("playbooks/log_level.yml", "-e", "service=web", "-e", "level=loud", expect=2)
    assert "level is 'loud'; allowed are default, debug" in refused.said
