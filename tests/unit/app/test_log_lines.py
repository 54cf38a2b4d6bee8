"""What a line of the log may hold, its level, and what is passed on."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telemetry import levels
from app.telemetry.context import CURRENT, RequestContext, Trace
from app.telemetry.logs import LONGEST_LINE, JsonFormatter
from app.telemetry.metrics import KEPT, MOST_NAMES, Metrics
from app.telemetry.redaction import clean, scrub
from app.telemetry.settings import Settings
from app.telemetry.traces import passed_on


def line(message: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    record = logging.LogRecord("app", logging.INFO, "", 0, message, (), None)
    record.fields = fields or {}
    text = JsonFormatter(Settings(service="web")).format(record)
    assert len(text) <= LONGEST_LINE
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "connect with PASSWORD: 'hunter2'",
        '{"db_password": "hunter2"}',
        "postgresql://app:hunter2@db/notes",
        "Authorization: Bearer hunter2",
        "api_key=hunter2&page=1",
        "Cookie: a=b; session=hunter2",
        "Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=hunter2",
        "headers: [('authorization', 'Bearer hunter2')]",
        "headers: [(b'cookie', b'a=b; c=hunter2')]",
        r'{"body": "{\"password\": \"hunter2\"}"}',
        "pwd=hunter2",
        "private_key=hunter2",
        "passphrase: hunter2",
        "password: a b hunter2",
        "GET /?X-Amz-Signature=hunter2",
        "postgresql://app:p@ss/hunter2@db/notes",
        "token eyJhbGciOiJIUzI1NiJ9.eyJuIjoiaHVudGVyMiJ9.hunter2",
        "aws_secret_access_key hunter2/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ],
)
def test_no_secret_in_a_message(text: str) -> None:
    assert "hunter2" not in line(text)["message"]
    assert "***" in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "InvalidTokenException: the answer was no",
        'password: "***" of user app',
        "12 sessions in https://example.com:8443/path",
    ],
)
def test_the_rest_of_a_message_stays(text: str) -> None:
    assert scrub(text) == text.replace('"***"', "***")


def test_no_secret_in_a_field() -> None:
    fields = {
        "Set-Cookie": "hunter2",
        "request": {"authorization": "hunter2", "path": "/a"},
        "list": [{"token": "hunter2"}],
    }
    found = line("x", fields)
    assert "hunter2" not in json.dumps(found)
    assert found["request"]["path"] == "/a"


def test_a_field_cannot_pretend_to_be_another_service() -> None:
    assert line("x", {"service": "other", "level": "critical"})["service"] == "web"


def test_sizes_are_bounded() -> None:
    assert len(line("x" * 100_000)["message"]) < 2_100
    assert line("x", {"many": list(range(1000))})["many"] == list(range(30))
    assert line("x", {f"field{n}": "y" * 2_000 for n in range(50)})["left_out"]
    assert len(json.dumps(clean("", [[[[["deep"] * 50]]]]))) < 2_100


@pytest.mark.parametrize("word", ["x", "token", "-", "token="])
def test_a_long_word_is_soon_read(word: str) -> None:
    begun = time.process_time()
    scrub(word * 2_000)
    assert time.process_time() - begun < 0.1


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)
    )
)
def test_anything_gives_a_line(value: Any) -> None:
    assert line("x", {"value": value})["message"] == "x"


@given(st.text(max_size=200))
def test_any_trace_header_gives_a_root(header: str) -> None:
    assert 0 <= Trace.parse(header).number < 2**128


def test_ids_are_passed_on() -> None:
    root = "1-5759e988-bd862e3fe1be46a994272793"
    assert passed_on() == {}
    token = CURRENT.set(RequestContext.of({"x-correlation-id": "order-7", "x-amzn-trace-id": f"Self=1;Root={root}"}))
    assert passed_on() == {"x-correlation-id": "order-7", "x-amzn-trace-id": f"Root={root}"}
    CURRENT.reset(token)


@pytest.fixture
def level() -> Any:
    root = logging.getLogger()
    before = root.level
    yield root
    root.setLevel(before)


def test_the_level_changes_and_goes_back(level: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(level="warning", level_parameter="/x/log_level")
    levels.apply("debug", settings)
    assert level.level == logging.DEBUG
    levels.apply("loud", settings)
    assert level.level == logging.DEBUG
    assert "'loud'; allowed are default, debug" in caplog.text
    levels.apply("default", settings)
    assert level.level == logging.WARNING


def test_counts_are_bounded() -> None:
    written: list[dict[str, Any]] = []
    metrics = Metrics(Settings(namespace="x", metrics_seconds=60), lambda text: written.append(json.loads(text)))
    for number in range(KEPT + 10):
        metrics.request(1.0, 500 if number == 0 else 200)
    for number in range(MOST_NAMES + 10):
        metrics.count(f"name{number}")
    metrics.stop()
    assert sum(len(one["Latency"]) for one in written) == KEPT
    assert (written[0]["Requests"], written[0]["Errors"]) == (KEPT + 10, 1)
    assert sum(name.startswith("name") for name in written[0]) == MOST_NAMES - 2


def test_counts_of_threads_add_up() -> None:
    written: list[dict[str, Any]] = []
    metrics = Metrics(Settings(namespace="x", metrics_seconds=0.001), lambda text: written.append(json.loads(text)))
    threads = [threading.Thread(target=lambda: [metrics.count("Things") for _ in range(5000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    metrics.stop()
    assert sum(one["Things"] for one in written) == 20_000


def test_without_a_namespace_nothing_is_written() -> None:
    written: list[str] = []
    metrics = Metrics(Settings(), written.append)
    metrics.request(1.0, 200)
    metrics.stop()
    assert written == []
