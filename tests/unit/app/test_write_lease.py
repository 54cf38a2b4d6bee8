"""Who may write: the environment that the lease names, for as long as an answer is good."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from app.config import Config, ConfigError, Lease
from app.write_lease import NoLeaseError, WriteLease
from tests.unit.app.conftest import Service, Start

HERE = Lease("writers", "us-east-2", "prod")
WRITTEN = b'{"text": "a note"}'


class Table:
    """A table whose item names whoever the test says; an error in place of a name is raised."""

    def __init__(self, *answers: str | Exception, seconds: float = 15) -> None:
        self.answers = list(answers)
        self.seconds = seconds

    def get_item(self, **question: Any) -> dict[str, Any]:
        assert question == {"TableName": "writers", "Key": {"id": {"S": "writer"}}, "ConsistentRead": True}
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"Item": {"holder": {"S": answer}, "seconds": {"N": str(self.seconds)}}}


def asked(*answers: str | Exception, seconds: float = 15) -> WriteLease:
    """Return a lease that has had answers."""
    lease = WriteLease(HERE, Table(*answers, seconds=seconds))
    for _ in answers:
        lease.ask()
    return lease


def write(lease: WriteLease, seconds: float = 0) -> None:
    """Write something that takes a while."""

    async def written() -> None:
        async with lease.held():
            await asyncio.sleep(seconds)

    asyncio.run(written())


def unreachable() -> Exception:
    return EndpointConnectionError(endpoint_url="https://dynamodb.us-east-2.amazonaws.com")


def test_nothing_is_written_before_the_first_answer() -> None:
    with pytest.raises(NoLeaseError, match="has not been read yet"):
        write(asked())


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        (["prod"], ""),
        (["prod", unreachable()], ""),
        (["standby"], "is that of standby"),
        (["prod", "standby"], "is that of standby"),
        (["prod", ""], "is held by nobody"),
        ([unreachable()], "cannot be read: Could not connect"),
    ],
    ids=["ours", "lost once", "theirs", "theirs now", "nobody's", "never read"],
)
def test_the_last_answer_decides(answers: list[str | Exception], refusal: str) -> None:
    lease = asked(*answers)
    if refusal:
        with pytest.raises(NoLeaseError, match=refusal):
            write(lease)
    else:
        write(lease)


def test_an_answer_is_good_from_when_it_was_asked_for() -> None:
    class Slow(Table):
        def get_item(self, **question: Any) -> dict[str, Any]:
            time.sleep(0.3)
            return super().get_item(**question)

    lease = WriteLease(HERE, Slow("prod", seconds=0.2))
    lease.ask()
    with pytest.raises(NoLeaseError, match="could not be read anew in time"):
        write(lease)


def test_an_item_that_is_not_there_lets_nobody_write() -> None:
    class Empty(Table):
        def get_item(self, **_question: Any) -> dict[str, Any]:
            return {}

    lease = WriteLease(HERE, Empty())
    lease.ask()
    with pytest.raises(NoLeaseError, match="is held by nobody"):
        write(lease)


def test_what_is_being_written_ends_with_the_lease() -> None:
    lease, begun = asked("prod", seconds=0.2), time.monotonic()
    with pytest.raises(NoLeaseError, match="ran out while this was written"):
        write(lease, seconds=5)
    assert time.monotonic() - begun < 2


def test_a_time_out_of_what_writes_is_told_as_such() -> None:
    async def written() -> None:
        async with asked("prod").held():
            raise TimeoutError("the database's own")

    with pytest.raises(TimeoutError, match="own"):
        asyncio.run(written())


REACHABLE = {"DATABASE_HOST": "db", "DATABASE_NAME": "n", "DATABASE_USER": "u", "DATABASE_PASSWORD": "p"}
LEASED = {"WRITE_LEASE_TABLE": "writers", "WRITE_LEASE_REGION": "us-east-2", "WRITE_LEASE_HOLDER": "prod"}


def test_without_a_table_there_is_no_lease() -> None:
    assert Config.read(REACHABLE).lease is None
    assert Config.read(REACHABLE | LEASED).lease == HERE


@pytest.mark.parametrize("name", ["WRITE_LEASE_REGION", "WRITE_LEASE_HOLDER"])
def test_a_lease_without_its_variables_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is not set; the service needs it to know whether it may write"):
        Config.read(REACHABLE | LEASED | {name: ""})


class Region(ThreadingHTTPServer):
    """The third region: answers GetItem with whom the lease names."""

    holder = "prod"


class Answer(BaseHTTPRequestHandler):
    server: Region

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Item": {"holder": {"S": self.server.holder}, "seconds": {"N": "2"}}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def region() -> Iterator[Region]:
    with Region(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def leased(start: Start, region: Region) -> Service:
    """Start the service with a lease whose answers are good for two seconds."""
    place = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{region.server_port}"}
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    service = start(**LEASED, **place, **keys)
    assert until(service, 201) == ""
    return service


def until(service: Service, status: int) -> str:
    """Write until it is answered with a status, and return the error of that answer."""
    deadline = time.monotonic() + 15
    while True:
        found, body = service.request("POST", "/notes", WRITTEN)
        if found == status:
            return str(json.loads(body).get("error", ""))
        assert time.monotonic() < deadline, f"{found}: {body}"
        time.sleep(0.05)


@pytest.mark.usefixtures("migrated")
def test_whom_the_lease_does_not_name_reads_and_writes_nothing(start: Start, region: Region) -> None:
    service = leased(start, region)
    region.holder = "standby"
    assert until(service, 503) == "nothing can be written here: the write lease is that of standby"
    assert (service.get("/notes")[0], service.get("/readyz")[0]) == (200, 200)
    region.holder = "prod"
    assert until(service, 201) == ""


@pytest.mark.usefixtures("migrated")
def test_who_is_cut_off_from_the_lease_stops_writing(start: Start, region: Region) -> None:
    service = leased(start, region)
    region.shutdown()
    region.server_close()
    told = until(service, 503)
    if "ran out while this was written" in told:  # it was under way then; the next was not
        told = until(service, 503)
    assert "the write lease cannot be read" in told
