r"""``psql`` as one-shot tasks use it, over TLS, which the wheel's own psql was built without.

Supported: ``-v name=value``, ``-c COMMAND`` (several), ``-f FILE`` (``-`` is standard input), ``-X -q -A -t -1``, a
connection string, the PG* environment variables, ``\getenv``, ``\setenv``, ``\set``, ``\connect`` without arguments,
``\copy TABLE from program 'COMMAND'``, and ``:name :'name' :"name"``. All else is refused. As in psql, a ``-c`` is SQL,
in which no variable is replaced, or one backslash command.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.pq.abc import PGresult

#: One argument of a backslash command: quoted text, variables and bare text, one behind the other.
ARGUMENT = re.compile(r"(?:'[^']*'|[^\s'])+")
QUOTED = re.compile(r"'([^']*)'|:(\w+)")
VARIABLE = re.compile(r"(?<![:\w]):(?:'(?P<literal>\w+)'|\"(?P<identifier>\w+)\"|(?P<plain>[A-Za-z_]\w*))")


class Session:
    """One connection and its variables.

    Args:
        conninfo: where to connect; what it leaves out comes from the environment.
        variables: psql's.
        single: everything is one transaction.
    """

    def __init__(self, conninfo: str, variables: dict[str, str], *, single: bool) -> None:
        self.conninfo = conninfo
        self.variables = variables
        self.single = single
        self.connection = self._connected()

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.conninfo, autocommit=not self.single)

    def close(self) -> None:
        """Commit and close."""
        if self.single:
            self.connection.commit()
        self.connection.close()

    def run_option(self, text: str) -> None:
        """Run what one ``-c`` holds."""
        if text.startswith("\\"):
            self._command(text)
        else:
            self._sql(text)

    def run(self, text: str) -> None:
        """Run lines of SQL and backslash commands, with variables."""
        statement: list[str] = []
        for line in text.splitlines():
            if line.lstrip().startswith("\\"):
                self._sql(self._interpolated("\n".join(statement)))
                statement.clear()
                self._command(line.strip())
            else:
                statement.append(line)
        self._sql(self._interpolated("\n".join(statement)))

    def _command(self, text: str) -> None:
        match [self._unquoted(word) for word in ARGUMENT.findall(text)]:
            case ["\\getenv", name, variable]:
                if variable in os.environ:
                    self.variables[name] = os.environ[variable]
            case ["\\setenv", variable, value]:
                os.environ[variable] = value
            case ["\\set", name, *values]:
                self.variables[name] = "".join(values)
            case ["\\connect"]:
                self.close()
                self.connection = self._connected()
            case ["\\copy", table, "from", "program", command]:
                self._copy(table, command)
            case _:
                sys.exit(f"psql: the stand-in of the rehearsal does not know: {text.split(maxsplit=1)[0]}")

    def _copy(self, table: str, command: str) -> None:
        data = subprocess.run(command, shell=True, stdout=subprocess.PIPE, check=True).stdout  # noqa: S602  as psql does
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
            copy.write(data)

    def _unquoted(self, word: str) -> str:
        def value(match: re.Match[str]) -> str:
            return str(match[1]) if match[1] is not None else self.variables.get(match[2], match[0])

        return QUOTED.sub(value, word)

    def _sql(self, text: str) -> None:
        if not text.strip():
            return
        cursor = self.connection.execute(text.encode())
        while True:
            if cursor.pgresult is not None:
                for line in _lines(cursor.pgresult):
                    print(line)  # noqa: T201  its output
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


def _lines(result: PGresult) -> Iterator[str]:
    """Give rows in the server's own text."""
    for row in range(result.ntuples):
        values = [result.get_value(row, column) for column in range(result.nfields)]
        yield "|".join("" if value is None else value.decode() for value in values)


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
        session = Session(options.connection, variables, single=options.single)
    except psycopg.OperationalError as error:
        sys.stderr.write(f"psql: error: {error}\n")
        sys.exit(2)
    try:
        for kind, text in options.steps or [("f", "-")]:
            if kind == "c":
                session.run_option(text)
            else:
                session.run(sys.stdin.read() if text == "-" else Path(text).read_text("utf-8"))
        session.close()
    except psycopg.Error as error:
        sys.stderr.write(f"psql: ERROR: {error}\n")
        sys.exit(3 if variables.get("ON_ERROR_STOP") else 1)


if __name__ == "__main__":
    main()
