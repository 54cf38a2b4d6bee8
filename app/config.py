"""Configuration, from the environment alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


class ConfigError(Exception):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Config:
    """What the service needs to know.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        version: what ``/version`` says.
        database: libpq connection string, without the password.
        password: of the database; kept out of ``database`` so that no log shows it.
        drain_seconds: how long ``/readyz`` says no before connections are closed.
    """

    host: str
    port: int
    version: str
    database: str
    password: str
    drain_seconds: float

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Return the configuration.

        Raises:
            ConfigError: a variable is missing or no number.
        """
        return cls(
            host=environment.get("HOST", "0.0.0.0"),  # noqa: S104  a container has its own network
            port=int(_number(environment, "PORT", "8080")),
            version=environment.get("APP_VERSION", "unknown"),
            database=_database(environment),
            password=_required(environment, "DATABASE_PASSWORD"),
            drain_seconds=_number(environment, "DRAIN_SECONDS", "5"),
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise ConfigError(f"{name} is not set; the service needs it to reach its database")
    return environment[name]


def _number(environment: Mapping[str, str], name: str, default: str) -> float:
    text = environment.get(name, default)
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"{name} is {text!r}; a number is allowed") from None


def _database(environment: Mapping[str, str]) -> str:
    root = environment.get("DATABASE_SSL_ROOT_CERT")
    security = {"sslmode": "verify-full", "sslrootcert": root} if root else {"sslmode": "require"}
    parts = {
        "host": _required(environment, "DATABASE_HOST"),
        "port": environment.get("DATABASE_PORT", "5432"),
        "dbname": _required(environment, "DATABASE_NAME"),
        "user": _required(environment, "DATABASE_USER"),
        "connect_timeout": "5",
        **security,
    }
    return " ".join(f"{name}={value}" for name, value in parts.items())
