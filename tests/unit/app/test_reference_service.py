"""The reference service, through HTTP and a real database."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
import urllib.error
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from rehearsal.authority import Authority
from tests.unit.app.conftest import Start, run

pytestmark = pytest.mark.usefixtures("migrated")


def test_health_and_version(start: Start) -> None:
    service = start()
    assert service.get("/healthz") == (200, '{"status":"ok"}')
    assert service.get("/readyz") == (200, '{"status":"ready"}')
    assert service.get("/version") == (200, '{"version":"1.2.3"}')
    assert service.get("/nothing")[0] == 404


def test_it_asks_its_neighbour_in_the_name_of_who_asks_it(start: Start) -> None:
    neighbour = start(APP_VERSION="9.0.0")
    service = start(NEIGHBOUR_URL=f"http://127.0.0.1:{neighbour.port}/")
    assert service.request("GET", "/neighbour", X_Correlation_Id="order-7") == (200, '{"version":"9.0.0"}')
    _, told = neighbour.end()
    assert "order-7" in told
    status, body = service.get("/neighbour")
    assert (status, f"http://127.0.0.1:{neighbour.port} answered 0" in json.loads(body)["error"]) == (502, True)
    assert start().get("/neighbour")[0] == 404


def test_it_starts_fast(start: Start) -> None:
    used = psutil.Process(start().process.pid).cpu_times()
    assert used.user + used.system < 2.0  # seconds of CPU, whatever else the machine does; 0.7 on an idle one


def test_a_note_is_created_read_and_listed(start: Start) -> None:
    service = start()
    status, body = service.request("POST", "/notes", json.dumps({"text": "grüß dich"}).encode())
    note = json.loads(body)
    assert (status, note["text"]) == (201, "grüß dich")
    assert json.loads(service.get(f"/notes/{note['id']}")[1]) == note
    assert json.loads(service.get("/notes")[1])["notes"][0] == note
    assert service.get("/notes/999999999")[0] == 404
    for number in (2**70, "9" * 5_000, "x", "-1", "\u0663"):
        assert service.get(f"/notes/{quote(str(number))}")[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"text": ""}',
        b'{"text": 7}',
        b'{"text": "a\\u0000b"}',
        b'{"text": "\\ud800"}',
        b"\xff",
        b"[" * 8_000,
    ],
)
def test_a_bad_note_is_refused(start: Start, body: bytes) -> None:
    assert start().request("POST", "/notes", body)[0] == 400


def test_a_note_has_a_longest_length(start: Start) -> None:
    service = start()
    assert service.request("POST", "/notes", json.dumps({"text": "x" * 4_000}).encode())[0] == 201
    assert service.request("POST", "/notes", json.dumps({"text": "x" * 4_001}).encode())[0] == 400


def test_no_more_of_a_body_is_read_than_may_be(start: Start) -> None:
    service = start()
    assert service.request("POST", "/notes", b"x" * (8 * 1024))[0] == 400
    assert service.request("POST", "/notes", b"x" * (8 * 1024 + 1))[0] == 413
    used = psutil.Process(service.process.pid).memory_info().rss
    with contextlib.suppress(urllib.error.URLError):  # it may hang up while the rest is still sent
        assert service.request("POST", "/notes", b"x" * 60_000_000)[0] == 413
    assert psutil.Process(service.process.pid).memory_info().rss < used + 20_000_000


def test_it_drains(start: Start, database: dict[str, str]) -> None:
    service = start(DRAIN_SECONDS="1.5")
    answers: list[int] = []
    # The insert waits for this lock: a request in flight when the signal comes, which lasts longer than the drain.
    with psycopg.connect(_conninfo(database)) as connection:
        connection.execute("LOCK TABLE notes")
        slow = threading.Thread(target=lambda: answers.append(service.request("POST", "/notes", b'{"text":"slow"}')[0]))
        slow.start()
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        service.until("/readyz", 503)
        assert service.get("/version")[0] == 200
        time.sleep(2)
    slow.join()
    assert answers == [201]
    assert service.process.wait(10) == 0


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    service = start(DRAIN_SECONDS="30")
    service.process.send_signal(signal.SIGTERM)
    service.until("/readyz", 503)
    assert service.end()[0] == 0


def test_without_a_database_it_lives_but_is_not_ready(start: Start) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        service = start(DATABASE_PORT=str(nobody.getsockname()[1]))
        assert service.get("/readyz")[0] == 503
        assert service.get("/notes")[0] == 503


def test_a_wrong_certificate_is_refused(start: Start, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(Authority(tmp_path).root_pem, encoding="ascii")
    assert start(DATABASE_SSL_ROOT_CERT=str(other)).get("/readyz")[0] == 503


def test_a_cut_connection_is_replaced(start: Start, database: dict[str, str]) -> None:
    service = start()
    assert service.get("/readyz")[0] == 200
    with psycopg.connect(_conninfo(database), autocommit=True) as connection:
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'notes'"
        )
        connection.execute(cut)
    assert service.get("/notes")[0] == 200


def test_the_secret_of_the_database_is_enough(database: dict[str, str]) -> None:
    secret = {
        "host": database["DATABASE_HOST"],
        "port": int(database["DATABASE_PORT"]),
        "dbname": "notes",
        "username": "notes",
        "password": database["DATABASE_PASSWORD"],
    }
    variables = {"DATABASE_SSL_ROOT_CERT": database["DATABASE_SSL_ROOT_CERT"], "DATABASE_SECRET": json.dumps(secret)}
    process = run("app.migrate", variables)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"DATABASE_HOST": ""}, "DATABASE_HOST is not set"),
        ({"PORT": "many"}, "PORT is 'many'"),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"DRAIN_SECONDS": "-1"}, "DRAIN_SECONDS is '-1'"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'"),
        ({"METRICS_SECONDS": "0"}, "METRICS_SECONDS is '0'"),
        ({"DATABASE_SECRET": "[1]"}, "DATABASE_SECRET is no JSON object"),
        ({"NEIGHBOUR_URL": "api"}, "NEIGHBOUR_URL is 'api'"),
    ],
)
def test_a_wrong_variable_is_named(database: dict[str, str], variables: dict[str, str], message: str) -> None:
    process = run("app", {**database, **variables})
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 2
    assert message in json.loads(output.splitlines()[-1])["message"]
    assert database["DATABASE_PASSWORD"] not in output


def _conninfo(database: dict[str, str]) -> str:
    return make_conninfo(
        host=database["DATABASE_HOST"],
        port=database["DATABASE_PORT"],
        dbname=database["DATABASE_NAME"],
        user=database["DATABASE_USER"],
        password=database["DATABASE_PASSWORD"],
        sslmode="require",
    )
