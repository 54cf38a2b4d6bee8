"""The migrations, as the one-shot command that a deployment runs."""

from __future__ import annotations

import json
import subprocess

import psycopg
import pytest

from app.config import Config
from app.migrate import migrate, migrations
from tests.unit.app.conftest import run


def _finish(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, object]]]:
    output, _ = process.communicate(timeout=30)
    return process.returncode, [json.loads(line) for line in output.splitlines()]


def test_two_at_once_and_once_more(database: dict[str, str]) -> None:
    with psycopg.connect(Config.read(database).database, password=database["DATABASE_PASSWORD"]) as connection:
        connection.execute("DROP TABLE IF EXISTS notes, schema_migrations")
    both = [run("app.migrate", database), run("app.migrate", database)]
    ends = [_finish(process) for process in both]
    assert [code for code, _ in ends] == [0, 0]
    applied = [line["migration"] for _, lines in ends for line in lines if "migration" in line]
    assert applied == [name for name, _ in migrations()]
    code, lines = _finish(run("app.migrate", database))
    assert (code, lines[-1]["applied"]) == (0, 0)


def test_a_failing_migration_leaves_nothing(database: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config.read(database)
    broken = [("9000_half.sql", "CREATE TABLE half (id int); SELECT 1/0")]
    monkeypatch.setattr("app.migrate.migrations", lambda: broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(config)
    with psycopg.connect(config.database, password=config.password) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)
        found = connection.execute("SELECT name FROM schema_migrations WHERE name = '9000_half.sql'")
        assert found.fetchall() == []


def test_no_database_is_exit_code_1(database: dict[str, str]) -> None:
    code, lines = _finish(run("app.migrate", {**database, "DATABASE_PASSWORD": "wrong"}))
    assert code == 1
    assert "migration failed" in str(lines[-1]["message"])
