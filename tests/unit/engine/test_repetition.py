"""What may have been carried out is looked for before it is done again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from ansible_collections.slipway.aws.plugins.plugin_utils import retries
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import CREATED, DELETED, UPDATED
from ansible_collections.slipway.aws.plugins.plugin_utils.repetition import (
    UncertainError,
    carry_out,
    may_be_done,
    once_known,
    repeats_badly,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.retries import until_back
from ansible_collections.slipway.aws.plugins.plugin_utils.whole_answers import BrokenAnswerError, ForeignAnswerError
from tests.unit.engine.fake import FakeCloud, converge, entry

LOST = ConnectionClosedError(endpoint_url="http://aws")


def refused(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "CreateVpc")


class Caller:
    """Fails in the given ways, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> str:
        """Make the call."""
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.mark.parametrize(
    "error",
    [
        refused("Throttling"),
        refused("RequestLimitExceeded"),
        refused("EC2ThrottledException"),
        refused("Whatever", 429),
        refused("TooManyUpdates"),
        EndpointConnectionError(endpoint_url="http://aws"),
    ],
)
def test_what_was_not_carried_out_is_tried_again(error: Exception) -> None:
    call = Caller(error, error)
    assert carry_out("CreateVpc", call, lambda _: None) == "answer"
    assert call.made == 3


@pytest.mark.parametrize(
    "error",
    [LOST, refused("InternalFailure", 500), refused("ServiceUnavailable", 503), refused("RequestTimeout")],
)
def test_what_may_have_been_carried_out_is_not(error: Exception) -> None:
    call = Caller(error)
    with pytest.raises(UncertainError, match="CreateVpc may have been carried out"):
        carry_out("CreateVpc", call, lambda _: None)
    assert call.made == 1


def test_a_web_page_is_not_repeated_where_nobody_knows() -> None:
    page = ClientError({"Error": {"Code": "500", "Message": "<html>oh no"}}, "CreateVpc")
    told = str(UncertainError("CreateVpc", page))
    assert "CreateVpc was answered with 500 and a web page" in told
    assert "oh no" not in told


def test_what_a_cloud_does_not_implement_was_not_carried_out() -> None:
    with pytest.raises(ClientError, match="InternalFailure"):
        carry_out("CreateVpc", Caller(refused("InternalFailure", 501)), lambda _: None)


@pytest.mark.parametrize(("attempts", "done"), [(0, False), (1, True)])
def test_what_is_refused_the_second_time_the_first_may_have_done(attempts: int, done: bool) -> None:
    """UpdateTimeToLive, for one, is refused with ValidationException when it is made again."""
    error = refused("ValidationException")
    error.response["ResponseMetadata"]["RetryAttempts"] = attempts
    assert may_be_done(error) == done


@pytest.mark.parametrize(
    ("operation", "code", "message", "done"),
    [
        ("ChangeResourceRecordSets", "InvalidChangeBatch", "Tried to delete record a but it was not found", True),
        ("ChangeResourceRecordSets", "InvalidChangeBatch", "RRSet with DNS name a is not permitted", False),
        ("UpdateTimeToLive", "ValidationException", "TimeToLive is already enabled", True),
        ("UpdateTimeToLive", "ValidationException", "TimeToLive has no attribute", False),
        ("DeleteScalingPolicy", "ObjectNotFoundException", "No scaling policy found", True),
        ("PutScalingPolicy", "ObjectNotFoundException", "No scalable target found", False),
    ],
)
def test_a_change_that_stands_already_may_be_ours(operation: str, code: str, message: str, done: bool) -> None:
    """The network delivers a request twice, and the second answer comes: botocore knows of one attempt."""
    assert may_be_done(ClientError({"Error": {"Code": code, "Message": message}}, operation)) == done


def test_trying_again_ends() -> None:
    call = Caller(*[refused("Throttling")] * 20)
    with pytest.raises(ClientError):
        carry_out("CreateVpc", call, lambda _: None)
    assert call.made == retries.ATTEMPTS


def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have sleep pass no time but by the clock; return what was slept."""
    slept: list[float] = []
    monkeypatch.setattr(retries.time, "sleep", slept.append)
    monkeypatch.setattr(retries.time, "monotonic", lambda: sum(slept))
    return slept


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        EndpointConnectionError(endpoint_url="https://aws"),
        ReadTimeoutError(endpoint_url="https://aws"),
        BrokenAnswerError(what="the answer is empty"),
        refused("ServiceUnavailable", 503),
    ],
)
def test_an_outage_is_waited_out_for_a_minute(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    slept, told = clock(monkeypatch), list[Exception]()
    call = Caller(*[error] * 4)
    assert until_back(call, told.append, 60) == "answer"
    assert told == [error] * 4
    with pytest.raises(type(error)):
        until_back(Caller(*[error] * 1000), told.append, 60)
    assert 60 <= sum(slept) < 120


@pytest.mark.parametrize(
    "error",
    [
        refused("AccessDenied", 403),
        refused("NotImplemented", 501),
        ForeignAnswerError(what="a page"),
        NoCredentialsError(),
    ],
)
def test_what_stays_is_told_at_once(error: Exception) -> None:
    call = Caller(error)
    with pytest.raises(type(error)):
        until_back(call, lambda _: None, 60)
    assert call.made == 1


def test_a_write_asks_each_time_whether_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch)
    monkeypatch.setattr(Cloud, "outage", 60.0)
    asked: list[int] = []

    def guard() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise ConvergeError("its leases have ended")

    cloud = FakeCloud(guard)
    cloud.errors["update"] = LOST
    with pytest.raises(ConvergeError, match="leases have ended"):
        cloud.write("ec2", "update", name="a", values={})


def test_who_can_do_without_an_answer_waits_out_no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = clock(monkeypatch)
    monkeypatch.setattr(Cloud, "outage", 60.0)
    cloud = FakeCloud()
    cloud.errors["read"] = LOST
    with pytest.raises(type(LOST)), cloud.impatient():
        cloud.read("ec2", "read", name="a")
    assert sum(slept) == 0
    assert cloud.outage == 60.0


def test_what_was_never_there_on_this_machine_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cloud, "outage", 60.0)
    cloud = FakeCloud()
    cloud.errors["read"] = EndpointConnectionError(endpoint_url="http://127.0.0.1:1/")
    with pytest.raises(EndpointConnectionError):
        cloud.read("ec2", "read", name="a")


@pytest.mark.parametrize("code", ["InvalidVpcID.NotFound", "NoSuchEntity", "WAFNonexistentItemException"])
def test_what_aws_does_not_know_yet_is_waited_for(code: str) -> None:
    call, waited = Caller(refused(code), refused(code)), list[float]()
    assert once_known("create_subnet", call, waited.append, 20) == "answer"
    assert (call.made, len(waited)) == (3, 2)


def test_what_aws_never_knows_is_told_in_the_end() -> None:
    call, waited = Caller(*[refused("InvalidVpcID.NotFound")] * 100), list[float]()
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        once_known("create_subnet", call, waited.append, 20)
    assert sum(waited) == 20


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("create_subnet", "InvalidParameterValue"),
        ("delete_subnet", "InvalidSubnetID.NotFound"),
        ("replace_network_acl_association", "InvalidAssociationID.NotFound"),
    ],
)
def test_nothing_else_is_waited_for(operation: str, code: str) -> None:
    call = Caller(refused(code))
    with pytest.raises(ClientError):
        once_known(operation, call, lambda _: None, 20)
    assert call.made == 1


@pytest.mark.parametrize(
    ("service", "operation", "badly"),
    [
        ("ec2", "create_vpc", True),
        ("ec2", "allocate_address", True),
        ("kms", "create_key", True),
        ("ecs", "register_task_definition", True),
        ("ecs", "run_task", True),
        ("rds", "restore_db_instance_to_point_in_time", True),
        ("ec2", "create_tags", False),
        ("iam", "put_role_policy", False),
        ("elbv2", "modify_rule", False),
        ("application-autoscaling", "register_scalable_target", False),
    ],
)
def test_operations_that_make_something_are_known(service: str, operation: str, badly: bool) -> None:
    client = Cloud("us-east-1").client(service)
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    assert repeats_badly(model) == badly


class LosingCloud(FakeCloud):
    """Carries writes out, or not, and loses the answer to the first of each operation."""

    def __init__(self, *, done: bool) -> None:
        super().__init__()
        self.done = done
        self.lost: set[str] = set()

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "read" or operation in self.lost:
            return super()._call(service, operation, parameters)
        self.lost.add(operation)
        if self.done:
            super()._call(service, operation, parameters)
        raise UncertainError(operation, LOST)

    def wait(self, seconds: float) -> None:
        """Lose no time."""


@pytest.mark.parametrize(("done", "times"), [(True, 1), (False, 1)])
def test_a_lost_answer_makes_nothing_twice(done: bool, times: int) -> None:
    cloud = LosingCloud(done=done)
    steps: list[tuple[Callable[[], Any], str, str]] = [
        (lambda: converge(cloud, [entry("a", Size=1)]), "create", CREATED),
        (lambda: converge(cloud, [entry("a", Size=2)]), "update", UPDATED),
        (lambda: converge(cloud, [entry("a", Size=2)], absent=True), "delete", DELETED),
    ]
    for step, operation, action in steps:
        assert step()["a"].action == action
        assert cloud.written.count((operation, "a")) == times
    assert cloud.things == {}
