"""Configuration, from the environment alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo


class ConfigError(Exception):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Lease:
    """Where it says who may write.

    Attributes:
        table: of DynamoDB, with the item.
        region: of the table.
        holder: whom the item has to name.
    """

    table: str
    region: str
    holder: str


@dataclass(frozen=True)
class FlagPlace:
    """Where feature flags are: names or ids of AppConfig."""

    application: str
    environment: str
    profile: str


@dataclass(frozen=True)
class Config:
    """What the service needs to know.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        version: what ``/version`` says.
        database: libpq connection string, without the password.
        password: of the database; kept out of ``database`` so that no log shows it.
        secret_arn: of the secret that the credentials are from; with it they are read anew after a rotation.
        neighbour: URL of a service that this one calls, without a slash at its end; empty for none.
        drain_seconds: how long ``/readyz`` says no before connections are closed.
        lease: says whether notes may be written; without one they always may.
        flags: where feature flags are; without a place they are what the code says.

    ``DATABASE_SECRET``, a JSON object as RDS keeps it (``host``, ``port``, ``dbname``, ``username``, ``password``),
    stands in for any of the ``DATABASE_*`` variables that is not set.
    """

    host: str
    port: int
    version: str
    database: str
    password: str
    secret_arn: str
    neighbour: str
    drain_seconds: float
    lease: Lease | None
    flags: FlagPlace | None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Return the configuration.

        Raises:
            ConfigError: a variable is missing or has no allowed value.
        """
        environment = {**_secret(environment), **environment}
        return cls(
            host=environment.get("HOST", "0.0.0.0"),  # noqa: S104  a container has its own network
            port=_port(environment, "PORT", "8080"),
            version=environment.get("APP_VERSION", "unknown"),
            database=_database(environment),
            password=_required(environment, "DATABASE_PASSWORD"),
            secret_arn=environment.get("DATABASE_SECRET_ARN", ""),
            neighbour=_url(environment, "NEIGHBOUR_URL"),
            drain_seconds=_number(environment, "DRAIN_SECONDS", "5"),
            lease=_lease(environment),
            flags=_flags(environment),
        )


#: Key of the secret to the variable that it stands in for.
SECRET_KEYS = {
    "host": "DATABASE_HOST",
    "port": "DATABASE_PORT",
    "dbname": "DATABASE_NAME",
    "username": "DATABASE_USER",
    "password": "DATABASE_PASSWORD",
}
HIGHEST_PORT = 65535


def _secret(environment: Mapping[str, str]) -> dict[str, str]:
    text = environment.get("DATABASE_SECRET")
    if not text:
        return {}
    try:
        values = dict(json.loads(text))
    except (ValueError, TypeError):
        raise ConfigError("DATABASE_SECRET is no JSON object; a secret as RDS keeps it is allowed") from None
    return {name: str(values[key]) for key, name in SECRET_KEYS.items() if key in values}


def _lease(environment: Mapping[str, str]) -> Lease | None:
    if not environment.get("WRITE_LEASE_TABLE"):
        return None
    purpose = "know whether it may write"
    return Lease(
        table=environment["WRITE_LEASE_TABLE"],
        region=_required(environment, "WRITE_LEASE_REGION", purpose),
        holder=_required(environment, "WRITE_LEASE_HOLDER", purpose),
    )


def _flags(environment: Mapping[str, str]) -> FlagPlace | None:
    if not environment.get("FEATURE_FLAGS_APPLICATION"):
        return None
    purpose = "read its feature flags"
    return FlagPlace(
        application=environment["FEATURE_FLAGS_APPLICATION"],
        environment=_required(environment, "FEATURE_FLAGS_ENVIRONMENT", purpose),
        profile=_required(environment, "FEATURE_FLAGS_PROFILE", purpose),
    )


def _required(environment: Mapping[str, str], name: str, purpose: str = "reach its database") -> str:
    if not environment.get(name):
        raise ConfigError(f"{name} is not set; the service needs it to {purpose}")
    return environment[name]


def _number(environment: Mapping[str, str], name: str, default: str) -> float:
    text = environment.get(name, default)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ConfigError(f"{name} is {text!r}; a number from 0 is allowed")
    return number


def _url(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if text and not text.startswith(("http://", "https://")):
        raise ConfigError(f"{name} is {text!r}; a URL that begins http:// or https:// is allowed")
    return text.rstrip("/")


def _port(environment: Mapping[str, str], name: str, default: str) -> int:
    text = environment.get(name, default)
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise ConfigError(f"{name} is {text!r}; a port from 1 to {HIGHEST_PORT} is allowed")
    return int(text)


def _database(environment: Mapping[str, str]) -> str:
    root = environment.get("DATABASE_SSL_ROOT_CERT")
    security = {"sslmode": "verify-full", "sslrootcert": root} if root else {"sslmode": "require"}
    return make_conninfo(
        host=_required(environment, "DATABASE_HOST"),
        port=_port(environment, "DATABASE_PORT", "5432"),
        dbname=_required(environment, "DATABASE_NAME"),
        user=_required(environment, "DATABASE_USER"),
        connect_timeout=5,
        application_name=f"app {environment.get('APP_VERSION', '')}".strip(),
        **security,
    )
