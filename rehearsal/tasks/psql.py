r"""``psql`` as one-shot tasks use it, over TLS, which the wheel's own psql was built without.

Supported: ``-v name=value``, ``-c COMMAND`` (several), ``-f FILE`` (``-`` is standard input), ``-X -q -A -t -1``, a
connection string, the PG* environment variables, ``\getenv NAME VARIABLE``, ``\set``, and ``:name :'name' :"name"``.
All else is refused.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import psycopg

VARIABLE = re.compile(r"(?<![:\w]):(?:'(?P<literal>\w+)'|\"(?P<identifier>\w+)\"|(?P<plain>[A-Za-z_]\w*))")


class Session:
    """One connection and its variables."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], variables: dict[str, str]) -> None:
        self.connection = connection
        self.variables = variables

    def run(self, text: str) -> None:
        """Run lines of SQL and backslash commands."""
        statement: list[str] = []
        for line in text.splitlines():
            if line.lstrip().startswith("\\"):
                self._sql("\n".join(statement))
                statement.clear()
                self._command(line.split())
            else:
                statement.append(line)
        self._sql("\n".join(statement))

    def _command(self, words: list[str]) -> None:
        match words:
            case ["\\getenv", name, variable]:
                if variable in os.environ:
                    self.variables[name] = os.environ[variable]
            case ["\\set", name, *values]:
                self.variables[name] = "".join(value.strip("'") for value in values)
            case _:
                sys.exit(f"psql: the stand-in of the rehearsal does not know: {' '.join(words)}")

    def _sql(self, text: str) -> None:
        if not text.strip():
            return
        cursor = self.connection.execute(self._interpolated(text).encode())
        while True:
            if cursor.description:
                for row in cursor.fetchall():
                    print("|".join("" if value is None else str(value) for value in row))  # noqa: T201  its output
            if not cursor.nextset():
                return

    def _interpolated(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            kind = match.lastgroup or ""
            name = match.group(kind)
            if name not in self.variables:
                return match.group(0)
            text = self.variables[name]
            if kind == "literal":
                return psycopg.sql.Literal(text).as_string(self.connection)
            return psycopg.sql.Identifier(text).as_string(self.connection) if kind == "identifier" else text

        return VARIABLE.sub(value, text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="psql")
    parser.add_argument("-v", "--set", "--variable", dest="variables", action="append", default=[])
    parser.add_argument("-c", "--command", dest="steps", action="append", type=lambda text: ("c", text))
    parser.add_argument("-f", "--file", dest="steps", action="append", type=lambda text: ("f", text))
    for short, long in (("-X", "--no-psqlrc"), ("-q", "--quiet"), ("-A", "--no-align"), ("-t", "--tuples-only")):
        parser.add_argument(short, long, action="store_true")
    parser.add_argument("-1", "--single-transaction", dest="single", action="store_true")
    parser.add_argument("connection", nargs="?", default="")
    return parser.parse_args()


def main() -> None:
    """Run what was asked for; exit code 2 when there is no connection, 3 when a statement failed, as psql has it."""
    options = _arguments()
    variables = dict(pair.partition("=")[::2] for pair in options.variables)
    try:
        connection = psycopg.connect(options.connection, autocommit=not options.single)
    except psycopg.OperationalError as error:
        sys.stderr.write(f"psql: error: {error}\n")
        sys.exit(2)
    session = Session(connection, variables)
    try:
        for kind, text in options.steps or [("f", "-")]:
            session.run(text if kind == "c" else sys.stdin.read() if text == "-" else Path(text).read_text("utf-8"))
    except psycopg.Error as error:
        sys.stderr.write(f"psql: ERROR: {error}\n")
        sys.exit(3 if variables.get("ON_ERROR_STOP") else 1)
    connection.close()


if __name__ == "__main__":
    main()
