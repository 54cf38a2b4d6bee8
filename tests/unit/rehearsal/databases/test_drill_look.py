"""What a restore drill asks a database, asked of a real server by a master user who owns none of the tables."""

from pathlib import Path

import jinja2
import psycopg
import pytest
import yaml

from tests.unit.rehearsal.databases.test_instances import connect

SQL = Path(__file__).parents[4] / "roles" / "restore_drill" / "vars" / "main" / "sql.yml"


def statement(name, **values):
    text = yaml.safe_load(SQL.read_text(encoding="utf-8"))[name]
    return jinja2.Environment().from_string(text).render(**values)  # noqa: S701  SQL, not HTML


def look(connection, at_most=1024):
    """Run the look as psql does, and return what it prints."""
    cursor = connection.execute(statement("__restore_drill_fingerprint", restore_drill_checksum_at_most_mib=at_most))
    printed = []
    while True:
        if cursor.description:
            printed += cursor.fetchall()
        if not cursor.nextset():
            return printed[-1][0]


@pytest.fixture(scope="module")
def connection(cloud, database):
    """A master connection to a database whose table belongs to a service's role."""
    with connect(cloud, database) as one:
        one.execute(
            "CREATE ROLE shop LOGIN PASSWORD 'secret'; CREATE SCHEMA shop; GRANT USAGE, CREATE ON SCHEMA shop TO shop"
        )
        with connect(cloud, database, user="shop", password="secret") as owner:  # noqa: S106  of a test
            owner.execute("CREATE TABLE shop.orders (id int, made timestamptz DEFAULT now())")
            owner.execute("INSERT INTO shop.orders VALUES (1), (2)")
        one.execute(statement("__restore_drill_mark").replace("<each>", "before"))
        yield one


def test_tables_of_others_are_counted_summed_and_dated(connection):
    found = look(connection)
    assert found["marks"] == ["before"]
    orders = found["tables"]["shop.orders"]
    assert orders["rows"] == 2
    assert orders["newest"].startswith("20")
    assert look(connection)["tables"]["shop.orders"] == orders


def test_a_changed_row_changes_the_sum(cloud, database, connection):
    before = look(connection)["tables"]["shop.orders"]
    with connect(cloud, database, user="shop", password="secret") as owner:  # noqa: S106  of a test
        owner.execute("UPDATE shop.orders SET id = 3 WHERE id = 2")
    after = look(connection)["tables"]["shop.orders"]
    assert (after["rows"], after["newest"]) == (before["rows"], before["newest"])
    assert after["sum"] != before["sum"]


def test_the_rights_that_a_look_takes_end_with_it(connection):
    look(connection)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM shop.orders")
