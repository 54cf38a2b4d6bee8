"""What stands in for the programs of images: the bad versions of the service, and psql."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from rehearsal.tasks import behaviours
from tests.unit.app.conftest import database

__all__ = ["database"]  # the fixture: a real PostgreSQL behind TLS
ROOT = Path(__file__).parents[4]


async def _good(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _status(app: behaviours.Behaviour, path: str) -> int:
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> Message:
        return {"type": "http.request"}

    await app({"type": "http", "path": path, "method": "GET", "headers": []}, receive, send)
    return statuses[0]


async def test_errors_are_a_share_of_the_requests_and_never_of_the_health_checks() -> None:
    app = behaviours.Behaviour(_good, "errors")
    answers = [await _status(app, "/notes") for _ in range(4000)]
    assert 0.03 < answers.count(500) / len(answers) < 0.07  # five standard deviations either side of 5 %
    assert {await _status(app, "/healthz") for _ in range(200)} == {200}


async def test_the_unhealthy_version_serves_but_fails_its_checks() -> None:
    app = behaviours.Behaviour(_good, "unhealthy")
    assert (await _status(app, "/notes"), await _status(app, "/healthz")) == (200, 500)


async def test_the_slow_version_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviours, "SLOW_SECONDS", 0.2)
    begun = time.monotonic()
    assert await _status(behaviours.Behaviour(_good, "slow"), "/notes") == 200
    assert time.monotonic() - begun >= 0.2


async def test_the_leaking_version_keeps_what_it_takes() -> None:
    app = behaviours.Behaviour(_good, "leak")
    for _ in range(10):
        await _status(app, "/notes")
    assert sum(map(len, app.leaked)) == 10 * behaviours.LEAK_BYTES


async def test_the_hanging_version_keeps_a_request_until_nobody_waits_for_it() -> None:
    app, heard, sent = behaviours.Behaviour(_good, "hang"), ["http.disconnect", "http.request"], []

    async def receive() -> Message:
        return {"type": heard.pop()}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "path": "/notes"}, receive, send)
    assert (heard, sent) == ([], [])
    assert await _status(app, "/readyz") == 200


async def test_the_resetting_version_closes_connections_and_is_healthy() -> None:
    config = uvicorn.Config(behaviours.Resetting(_good), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listening]))  # the queue of the socket holds what comes too early
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"{address}/notes")
        async with session.get(f"{address}/readyz") as answer:
            assert answer.status == 200
    server.should_exit = True
    await serving


def psql(database: dict[str, str], *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PGHOST": database["DATABASE_HOST"],
        "PGPORT": database["DATABASE_PORT"],
        "PGUSER": database["DATABASE_USER"],
        "PGDATABASE": database["DATABASE_NAME"],
        "PGPASSWORD": database["DATABASE_PASSWORD"],
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": database["DATABASE_SSL_ROOT_CERT"],
        **variables,
    }
    command = [sys.executable, "-m", "rehearsal.tasks.psql", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_psql_prints_rows(database: dict[str, str]) -> None:
    done = psql(database, "-X", "-A", "-t", "-c", "SELECT 1, 'a'", "-c", "SELECT 2")
    assert (done.returncode, done.stdout) == (0, "1|a\n2\n"), done.stderr


def test_psql_interpolates_variables_in_files_only(database: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text("SELECT :'who', :\"column\" FROM (SELECT 1 AS odd_name) AS t;\n", encoding="utf-8")
    done = psql(database, "-v", "who=it's", "-v", "column=odd_name", "-f", str(script))
    assert (done.returncode, done.stdout) == (0, "it's|1\n"), done.stderr
    assert psql(database, "-v", "who=x", "-c", "SELECT :'who'").returncode != 0


def test_psql_exits_as_psql_does(database: dict[str, str]) -> None:
    assert psql(database, "-v", "ON_ERROR_STOP=1", "-c", "SELECT 1/0").returncode in {1, 3}
    assert psql(database, "-c", "SELECT 1", PGPASSWORD="wrong").returncode == 2
    assert psql(database, "--csv", "-c", "SELECT 1").returncode == 2
    assert "does not know" in psql(database, "-c", "\\copy x from y").stderr


def test_psql_copies_what_a_program_prints(database: dict[str, str]) -> None:
    copied = ["CREATE TEMPORARY TABLE given (word text)", r"\copy pg_temp.given from program 'printenv WORD'"]
    options = [part for text in (*copied, "SELECT word FROM given") for part in ("-c", text)]
    done = psql(database, "-X", "-A", "-t", *options, WORD="w0rd")
    assert (done.returncode, done.stdout) == (0, "w0rd\n"), done.stderr
