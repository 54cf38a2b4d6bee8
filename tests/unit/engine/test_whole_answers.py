"""What breaks on the way is neither read as an answer nor, where it may have been carried out, made again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.retries.standard import ExponentialBackoff

from ansible_collections.slipway.aws.plugins.plugin_utils.assumed import Role
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.repetition import UncertainError
from ansible_collections.slipway.aws.plugins.plugin_utils.whole_answers import (
    BrokenAnswerError,
    ForeignAnswerError,
    check,
)

#: A read, a change and a creation for each protocol of the API.
READS = [
    ("ec2", "describe_vpcs"),
    ("elbv2", "describe_load_balancers"),
    ("ecs", "list_clusters"),
    ("cloudwatch", "describe_alarms"),
    ("route53", "list_hosted_zones"),
    ("scheduler", "list_schedules"),
]
CREATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
    ("elbv2", "create_target_group", {"Name": "web"}),
    ("ecs", "register_task_definition", {"family": "web", "containerDefinitions": []}),
    ("route53", "create_hosted_zone", {"Name": "example.com", "CallerReference": "1"}),
]
XML = b'<?xml version="1.0"?><Answer><Vpcs></Vpcs></Answer>'
PAGE = b"<!DOCTYPE html>\n<html><head><meta charset=utf-8></head><body>Bad gateway<br></body></html>"
TEXT = b"upstream connect error or disconnect/reset before headers"


class Handler(BaseHTTPRequestHandler):
    """Answers everything alike, the first times in another way."""

    protocol_version = "HTTP/1.1"
    status, body, sent = 200, b"", 0
    #: Seconds before it answers.
    silent = 0.0
    left: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        """Answer with what is ordered; the connection ends after ``sent`` bytes of the body."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.left.append(1)
        time.sleep(self.silent)
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.send_header("Connection", "close")  # or the next request may meet a connection that is just ending
        self.end_headers()
        self.wfile.write(self.body[: self.sent])

    do_GET = do_PUT = do_DELETE = do_POST

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Handler]]:
    """Return what answers in place of AWS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    Handler.left.clear()
    yield Handler
    server.shutdown()
    server.server_close()


def answers(server: type[Handler], status: int, body: bytes, sent: int | None = None) -> None:
    server.status, server.body, server.sent = status, body, len(body) if sent is None else sent


@pytest.mark.parametrize(("service", "operation"), READS)
@pytest.mark.parametrize(
    ("status", "body", "sent"),
    [(200, XML, 20), (200, b'{"clusterArns": []}', 9), (502, PAGE, None), (503, TEXT, None)],
    ids=["cut", "cut-json", "page", "text"],
)
def test_a_broken_answer_is_asked_for_again(
    service: str, operation: str, status: int, body: bytes, sent: int | None, server: type[Handler]
) -> None:
    answers(server, status, body, sent)
    with pytest.raises(BrokenAnswerError) as caught:
        Cloud("us-east-1").read(service, operation)
    assert len(server.left) > 1
    told = explain(caught.value)
    assert told.lower().startswith(f"{operation.replace('_', '')}: the answer ")
    assert "\n" not in told


@pytest.mark.parametrize(("service", "operation"), READS)
def test_an_empty_answer_is_asked_for_again(service: str, operation: str, server: type[Handler]) -> None:
    answers(server, 200, b"")
    with pytest.raises(BrokenAnswerError, match="the answer is empty"):
        Cloud("us-east-1").read(service, operation)
    assert len(server.left) > 1


@pytest.mark.parametrize(
    ("service", "operation", "body"),
    [
        ("ecs", "list_clusters", b'{"clusterArns": [{}'),
        ("scheduler", "list_schedules", b'{"a": 1}, {}'),
        ("ec2", "describe_vpcs", b"<Answer><Vpcs></Vpcs>"),
    ],
)
def test_an_answer_that_ends_like_one_and_cannot_be_read_is_asked_for_again(
    service: str, operation: str, body: bytes, server: type[Handler]
) -> None:
    answers(server, 200, body)
    with pytest.raises(BrokenAnswerError):
        Cloud("us-east-1").read(service, operation)
    assert len(server.left) > 1


@pytest.mark.parametrize("body", [b"OK", b"null", b"<Answer></Answer>"])
def test_what_is_no_json_is_told_at_once(body: bytes, server: type[Handler]) -> None:
    answers(server, 200, body)
    with pytest.raises(ForeignAnswerError, match=r"is not the JSON of AWS's API"):
        Cloud("us-east-1").read("kms", "list_keys")
    assert len(server.left) == 1


def test_an_answer_may_say_null_where_nothing_is_to_be_said(server: type[Handler]) -> None:
    answers(server, 200, b"null")
    assert Cloud("us-east-1").write("kms", "enable_key_rotation", KeyId="a")["ResponseMetadata"]


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("logs", "delete_log_group", {"logGroupName": "web"}),
        ("scheduler", "delete_schedule", {"Name": "web"}),
        ("s3", "put_object", {"Bucket": "files", "Key": "a"}),
        ("s3", "get_bucket_policy", {"Bucket": "files"}),
    ],
)
def test_an_answer_may_be_empty_where_nothing_is_to_be_said(
    service: str, operation: str, asked: dict[str, str], server: type[Handler]
) -> None:
    answers(server, 200, b"")
    assert Cloud("us-east-1").write(service, operation, **asked)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_a_bucket_holds_is_not_read(server: type[Handler]) -> None:
    answers(server, 200, b"{ no JSON }")
    held = Cloud("us-east-1").read("s3", "get_object", Bucket="files", Key="a")
    assert held["Body"].read() == b"{ no JSON }"


def test_a_silence_is_told_and_asked_again(server: type[Handler], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Cloud, "warn", staticmethod(told.append))
    monkeypatch.setattr(Cloud, "answers_within", 0.05)
    monkeypatch.setattr(server, "silent", 0.2)
    answers(server, 200, b'{"Keys": []}')
    with pytest.raises(ReadTimeoutError) as caught:
        Cloud("us-east-1").read("kms", "list_keys")
    assert len(told) >= 8
    assert told[0].startswith("ListKeys: ")
    assert told[0].endswith(": no answer in time")
    assert explain(caught.value).endswith("AWS or the way there failed; run again, it goes on")


def test_nobody_waits_long_for_an_answer() -> None:
    waits = {name: Cloud("us-east-1").client(name).meta.config for name in ("kms", "ecr")}
    assert [(one.connect_timeout, one.read_timeout) for one in waits.values()] == [(5, 20), (5, 60)]


@pytest.mark.parametrize(("sent", "body"), [(20, XML), (0, b"")], ids=["cut", "empty"])
@pytest.mark.parametrize(("service", "operation", "asked"), CREATIONS)
def test_who_creates_looks_before_the_next_attempt(
    service: str, operation: str, asked: dict[str, Any], body: bytes, sent: int, server: type[Handler]
) -> None:
    answers(server, 200, body, sent)
    with pytest.raises(UncertainError, match="may have been carried out"):
        Cloud("us-east-1").write(service, operation, **asked)
    assert len(server.left) == 1


def test_pages_are_whole_or_asked_for_again(server: type[Handler]) -> None:
    answers(server, 200, b'{"clusterArns": ["arn"]}', 12)
    with pytest.raises(BrokenAnswerError, match="ended after 12 of 24 bytes"):
        Cloud("us-east-1").pages("ecs", "list_clusters", "clusterArns")


@pytest.mark.parametrize(("service", "operation"), READS)
def test_a_page_that_stays_is_told_at_once(service: str, operation: str, server: type[Handler]) -> None:
    answers(server, 200, PAGE)
    with pytest.raises(ForeignAnswerError, match="is a web page") as caught:
        Cloud("us-east-1").read(service, operation)
    assert len(server.left) == 1
    assert "AWS_ENDPOINT_URL" in explain(caught.value)


def test_a_role_is_asked_for_again_where_the_answer_is_cut(server: type[Handler]) -> None:
    answers(server, 200, XML, 20)
    with pytest.raises(BrokenAnswerError, match=f"ended after 20 of {len(XML)} bytes"):
        Cloud("us-east-1", role=Role("arn:aws:iam::111122223333:role/deployer")).read("ecs", "list_clusters")
    assert len(server.left) > 1


@pytest.mark.parametrize(
    ("status", "length", "body"),
    [
        (200, None, b""),
        (200, "0", b""),
        (503, "0", b""),
        (200, "19", b'{"clusterArns": []}'),
        (200, None, XML + b"\n"),
        (400, None, b'{"__type": "ThrottlingException"}'),
        (500, None, b"\xbf\x66__type\xff"),
        (200, None, b"a payload"),
        (200, "chunks", b"[]"),
        (204, "2", b""),
    ],
)
def test_what_may_be_an_answer_passes(status: int, length: str | None, body: bytes) -> None:
    check(status, length, body)


@pytest.mark.parametrize("body", [b'{"clusterArns": ["a', b"<Answer><Vp", b'[{"a": 1},'])
def test_a_document_that_has_no_end_is_broken_without_a_length(body: bytes) -> None:
    with pytest.raises(BrokenAnswerError, match="ended in the middle"):
        check(200, None, body)
