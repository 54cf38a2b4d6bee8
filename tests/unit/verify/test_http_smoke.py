from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.http_smoke import Tally, smoke, step
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.verify.notes_service import Notes

Service = tuple[str, type[Notes]]
SEQUENCE: list[dict[str, Any]] = [
    {"method": "POST", "path": "/notes", "json": {"text": "hello"}, "status": 201, "expect": {"text": "hello"}},
    {"path": "/notes/{id}", "expect": {"text": "hello"}},
    {"method": "GET", "path": "/notes", "status": 200},
]


def run(service: Service, *entries: dict[str, Any], repeat: int = 1, concurrency: int = 1) -> Tally:
    steps = [step(entry) for entry in entries]
    return smoke(service[0], steps, repeat=repeat, concurrency=concurrency, timeout=5)


def test_writes_and_reads_rows_back(service: Service) -> None:
    tally = run(service, *SEQUENCE, repeat=10, concurrency=4)
    assert tally.failures == []
    assert (tally.requests, len(tally.seconds)) == (30, 30)
    assert len(service[1].notes) == 10
    assert "GET /notes/10" in service[1].seen


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"path": "/broken"}, "GET /broken: answered 500 instead of 200"),
        ({"path": "/notes", "status": 404}, "GET /notes: answered 200 instead of 404"),
        ({"path": "/notes", "expect": {"notes": ["other"]}}, "does not have {'notes': ['other']}"),
    ],
)
def test_tells_an_answer_that_is_not_as_expected(service: Service, entry: dict[str, Any], told: str) -> None:
    (failure,) = run(service, entry).failures
    assert told in failure


def test_ends_a_sequence_at_its_first_failure(service: Service) -> None:
    tally = run(service, {"path": "/broken"}, {"path": "/notes"}, repeat=3)
    assert tally.requests == 3
    assert "GET /notes" not in service[1].seen


def test_tells_a_service_that_does_not_answer() -> None:
    tally = smoke("https://127.0.0.1:9", [step({"path": "/"})], repeat=2, concurrency=1, timeout=1)
    assert len(tally.failures) == tally.requests == 2
    assert "ConnectionRefusedError" in tally.failures[0]


@pytest.mark.parametrize("entry", [{"path": "/", "statuz": 200}, {"path": "no-slash"}, {"method": "GET"}])
def test_refuses_a_wrong_declaration(entry: dict[str, Any]) -> None:
    with pytest.raises(ConvergeError, match=r"service_smoke has .*allowed keys are method, path"):
        step(entry)
