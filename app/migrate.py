"""Bring the schema up to date, once: ``python -m app.migrate``. Exit code 0 means that it is."""

from __future__ import annotations

import logging
import sys
from importlib.resources import files

import psycopg

from app.config import Config, ConfigError
from app.telemetry import logs
from app.telemetry.settings import Settings, SettingsError

LOG = logging.getLogger("app.migrate")
#: Any number, the same in every version: two migrations must not run at once.
LOCK = 7_412_553_019
_TABLE = "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied timestamptz DEFAULT now())"


def migrations() -> list[tuple[str, str]]:
    """Return name and SQL of every migration, in order."""
    found = [item for item in (files("app") / "migrations").iterdir() if item.name.endswith(".sql")]
    return [(item.name, item.read_text(encoding="utf-8")) for item in sorted(found, key=lambda item: item.name)]


def migrate(config: Config) -> list[str]:
    """Apply what is missing, each migration in a transaction of its own, and return the names."""
    with psycopg.connect(config.database, password=config.password, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute(_TABLE)
        done = {row[0] for row in connection.execute("SELECT name FROM schema_migrations")}
        missing = [(name, sql) for name, sql in migrations() if name not in done]
        for name, sql in missing:
            with connection.transaction():
                connection.execute(sql.encode())
                connection.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (name,))
            LOG.info("applied", extra={"fields": {"migration": name}})
    return [name for name, _ in missing]


def main() -> None:
    """Migrate and say what was done."""
    logs.set_up(Settings())
    try:
        logs.set_up(Settings.read())
        applied = migrate(Config.read())
    except (ConfigError, SettingsError, psycopg.Error) as error:
        LOG.critical("migration failed: %s", error)
        sys.exit(1)
    LOG.info("schema is up to date", extra={"fields": {"applied": len(applied)}})


if __name__ == "__main__":
    main()
