"""A channel is bound to the certificate that the client sees, and to nobody else's."""

from __future__ import annotations

import base64
from typing import Any

import psycopg
import pytest

from rehearsal.databases.binding import BOUND, Exchange, NotBoundError
from tests.unit.rehearsal.databases.test_instances import ask, connect


def test_a_client_that_asks_for_it_is_bound(cloud: Any, database: Any) -> None:
    with connect(cloud, database, channel_binding="require", require_auth="scram-sha-256") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert ask(cloud, database, "SELECT 2") == (2,)


def test_one_that_does_not_ask_comes_in_as_before(cloud: Any, database: Any) -> None:
    with connect(cloud, database, channel_binding="disable") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"user": "nobody"}])
def test_who_does_not_know_the_password_is_refused(cloud: Any, database: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(cloud, database, channel_binding="require", **wrong)


def test_who_saw_another_certificate_is_refused() -> None:
    exchange = Exchange(b"ours", None)
    exchange.first(BOUND + b"n=,r=nonce")
    seen = base64.b64encode(BOUND + b"theirs").decode()
    with pytest.raises(NotBoundError):
        exchange.last(f"c={seen},r=nonce,p=cHJvb2Y=".encode())
