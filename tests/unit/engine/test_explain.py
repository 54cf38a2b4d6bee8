"""What people read when a call failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import tag_dict
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, Resource, State
from tests.unit.engine.fake import FakeCloud, Thing, actions, converge, entry


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeAlarms")


def test_a_refusal_of_aws_is_told_in_its_own_words() -> None:
    told = explain(refusal("AccessDenied", "User is not authorized"))
    assert told == "DescribeAlarms was refused with AccessDenied: User is not authorized"


def test_a_refusal_without_a_word_says_so() -> None:
    assert explain(refusal("400", "")) == "DescribeAlarms was refused with 400: no reason given"


DENIED = "User: arn:aws:sts::1:assumed-role/slipway-dev-deployer/x is not authorized to perform: "
VPC = "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:1:vpc/vpc-0a"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            f"{DENIED}{VPC} because no identity-based policy allows the ec2:CreateTags action",
            "lacks ec2:CreateTags on arn:aws:ec2:us-east-1:1:vpc/vpc-0a: .* add it to deployer_more_statements",
        ),
        (f"{DENIED}ec2:DescribeVpcs because no identity-based policy allows it", r"lacks ec2:DescribeVpcs on \*: "),
        (f"{DENIED}{VPC} with an explicit deny in an identity-based policy", "a policy denies ec2:CreateTags on arn"),
        (
            f"{DENIED}{VPC} because no permissions boundary allows the ec2:CreateTags action",
            "add ec2:CreateTags on arn:aws:ec2:us-east-1:1:vpc/vpc-0a to the permissions boundary of",
        ),
    ],
)
def test_a_missing_right_is_named_with_the_place_to_add_it(message: str, told: str) -> None:
    assert re.search(told, explain(refusal("UnauthorizedOperation", message)))


@pytest.mark.parametrize(
    "page",
    ["<!doctype html>\n<html lang=en>...", "<HTML><BODY>Bad gateway</BODY></HTML>", '<?xml version="1.0"?><Error/>'],
)
def test_a_web_page_is_not_repeated_but_its_sender_looked_for(page: str) -> None:
    told = explain(refusal("502", page))
    assert told.startswith("DescribeAlarms was answered with 502 and a web page")
    assert "proxy" in told
    assert "AWS_ENDPOINT_URL" in told
    assert "<" not in told


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("ExpiredTokenException", "The security token included in the request is expired", "get new ones"),
        ("RequestExpired", "Request has expired.", "get new ones, look at this machine's clock"),
        (
            "InvalidSignatureException",
            "Signature expired: 20260101T0 is now earlier than 20260101T1",
            "clock and AWS's",
        ),
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too",
            "clock and AWS's",
        ),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "AWS_PROFILE"),
        ("AuthFailure", "AWS was not able to validate the provided access credentials", "AWS_SESSION_TOKEN"),
    ],
)
def test_credentials_that_are_refused_are_named_with_what_to_do(code: str, message: str, told: str) -> None:
    assert re.search(f"refused with {code}: .*; .*{told}", explain(refusal(code, message)))


@pytest.mark.parametrize(
    ("endpoint", "by"),
    [
        ("http://127.0.0.1:1", " (by http://127.0.0.1:1)"),
        ("https://monitoring.us-east-1.amazonaws.com", ""),
        ("https://monitoring.cn-north-1.amazonaws.com.cn", ""),
        ("https://amazonaws.com.example.org", " (by https://amazonaws.com.example.org)"),
    ],
)
def test_who_refused_is_named_where_it_is_not_aws(monkeypatch: pytest.MonkeyPatch, endpoint: str, by: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    cloud = refusing(Cloud("us-east-1"), {"Code": "AccessDenied", "Message": "no"})
    with pytest.raises(ClientError) as caught:
        cloud.read("cloudwatch", "describe_alarms")
    assert explain(caught.value) == f"DescribeAlarms was refused with AccessDenied: no{by}"


def test_a_call_that_there_is_not_is_told_with_what_to_do() -> None:
    told = explain(refusal("InvalidAction", "Unknown action"))
    assert told.endswith("; there is no such call there: leave out what needs it, as docs/how-to.md says")


@pytest.mark.parametrize(
    ("service", "ask", "operation"),
    [
        ("sns", lambda cloud: cloud.read("sns", "list_topics"), "ListTopics"),
        ("sns", lambda cloud: cloud.pages("sns", "list_topics", "Topics"), "ListTopics"),
        ("sts", lambda cloud: cloud.identity(), "GetCallerIdentity"),
    ],
)
@pytest.mark.parametrize(
    ("content", "told"),
    [(b"{}", "what cannot be read: .*b'{}'"), (b"<!doctype html><html lang=en>", "a web page; look")],
)
def test_an_answer_that_cannot_be_read_is_told_with_its_call_and_sender(
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    ask: Callable[[Cloud], Any],
    operation: str,
    content: bytes,
    told: str,
) -> None:
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:1", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    cloud = Cloud("us-east-1")
    answer = SimpleNamespace(status_code=200, headers={}, content=content)
    cloud.client(service).meta.events.register("before-send", lambda **_: answer)
    with pytest.raises(ConvergeError, match=f"^{operation} was answered by http://127.0.0.1:1 with {told}"):
        ask(cloud)


def refusing(cloud: Cloud, error: dict[str, str]) -> Cloud:
    """Return a cloud whose CloudWatch refuses everything with an error."""
    told = SimpleNamespace(status_code=400, raw=None, headers={}, content=b""), {"Error": error}
    cloud.client("cloudwatch").meta.events.register("before-call", lambda **_: told)
    return cloud


def answering(answer: dict[str, Any], service: str) -> Cloud:
    """Return a cloud whose service answers everything alike."""
    cloud = Cloud("us-east-1")
    told = SimpleNamespace(status_code=200, raw=None, headers={}, content=b""), answer
    cloud.client(service).meta.events.register("before-call", lambda **_: told)
    return cloud


@pytest.mark.parametrize(
    ("service", "operation", "asked", "member", "none"),
    [
        ("ecr", "list_tags_for_resource", {"resourceArn": "arn"}, "tags", []),
        ("logs", "list_tags_for_resource", {"resourceArn": "arn"}, "tags", {}),
        ("kms", "list_resource_tags", {"KeyId": "key"}, "Tags", []),
    ],
)
def test_what_there_is_none_of_may_be_left_out(
    service: str, operation: str, asked: dict[str, str], member: str, none: Any
) -> None:
    assert answering({}, service).read(service, operation, **asked)[member] == none
    told = {member: [{"key": "a"}]}
    assert answering(told, service).read(service, operation, **asked) == told


def test_an_answer_that_lacks_a_member_fails_its_resource_alone(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_one(_self: Thing, resource: Resource) -> State | None:
        found = cloud.things.get(resource.name)
        return found and {**found, "Id": found["Id"]}

    monkeypatch.setattr(Thing, "find_one", find_one)
    cloud.things["odd"] = {"Tags": {}}
    outcomes = converge(cloud, [entry("odd"), entry("even"), entry("late", Peer="${thing.odd.Id}")])
    assert actions(outcomes) == {"odd": "failed", "even": "created", "late": "skipped"}
    assert outcomes["odd"].message.startswith("an answer of AWS is not as its API reference has it: it lacks 'Id'")


def test_the_line_that_could_not_read_an_answer_is_named() -> None:
    with pytest.raises(KeyError) as caught:
        tag_dict([{"Key": "a"}])
    assert re.search(r"lacks 'Value', as adapter\.py line \d+ reads it;", explain(caught.value))


@pytest.mark.parametrize(("arguments", "told"), [({"region": {"type": "str"}}, "it lacks 'Id'"), ({}, "^'Id'$")])
def test_an_action_tells_of_answers_where_it_reads_any(
    arguments: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reader(Acting):
        def act(self, options: dict[str, Any]) -> dict[str, Any]:
            return {"id": {}["Id"], **options}

    monkeypatch.setattr(Reader, "arguments", arguments, raising=False)
    monkeypatch.setattr(Reader, "validate_argument_spec", lambda *_a, **_k: ({}, {"region": "us-east-1"}))
    task = SimpleNamespace(async_val=0, check_mode=False, diff=False, no_log=False, action="reader", environment=[])
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=""))
    reader = Reader(task, connection, SimpleNamespace(check_mode=False), None, None, None)
    with pytest.raises(Exception, match=told):
        reader.run()
