"""Connect with a service's secret and print what its role may do: connect.py <region> <secret ARN>."""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
import psycopg

ROLE = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"


def refused(connection: psycopg.Connection[Any], schema: str) -> bool:
    """Say whether the role may not make a table in a schema."""
    try:
        with connection.transaction():
            connection.execute(f"CREATE TABLE {schema}.intruder (id int)".encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def main() -> None:
    """Connect, look and try."""
    client = boto3.session.Session(region_name=sys.argv[1]).client("secretsmanager")
    secret = json.loads(client.get_secret_value(SecretId=sys.argv[2])["SecretString"])
    names = {"host": "host", "port": "port", "dbname": "dbname", "user": "username", "password": "password"}
    with psycopg.connect(sslmode="require", **{key: secret[name] for key, name in names.items()}) as connection:
        user, schema = connection.execute("SELECT current_user, current_schema()").fetchone() or ("", "")
        superuser, roles, databases = connection.execute(ROLE).fetchone() or (True, True, True)
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE TABLE own (id int)")
        found = {
            "user": user,
            "schema": schema,
            "tls": connection.pgconn.ssl_in_use,
            "superuser": superuser,
            "creates_roles": roles,
            "creates_databases": databases,
            "refused": [name for name in ("public", "pg_catalog") if refused(connection, name)],
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
