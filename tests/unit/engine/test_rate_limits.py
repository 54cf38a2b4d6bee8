"""A run stays below the rates that AWS publishes, on a clock that the tests move."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils import retries
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.plan import longest_first
from ansible_collections.slipway.aws.plugins.plugin_utils.rate_limits import FAMILIES, RateLimits, family_of
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse
from ansible_collections.slipway.aws.plugins.plugin_utils.token_bucket import TokenBucket

RATES = st.floats(0.1, 50)


@given(RATES, st.floats(1, 50), st.lists(st.floats(0, 5), min_size=1, max_size=80))
def test_a_bucket_never_gives_more_than_its_burst_and_its_rate(rate: float, burst: float, gaps: list[float]) -> None:
    bucket, now, used = TokenBucket(rate, burst), 0.0, []
    for gap in gaps:
        now += gap
        used.append(now + bucket.take(now))
    for first in range(len(used)):
        for last in range(first, len(used)):
            assert last - first + 1 <= burst + rate * (used[last] - used[first]) + 1e-6


@given(RATES, st.floats(1, 50))
def test_a_bucket_holds_nobody_back_who_is_slow(rate: float, burst: float) -> None:
    bucket = TokenBucket(rate, burst)
    assert not any(bucket.take(number / rate * 1.001) for number in range(50))


def test_sixty_alarms_take_nineteen_seconds() -> None:
    limits = RateLimits()
    assert max(limits.delay("cloudwatch", "PutMetricAlarm", 0.0) for _ in range(60)) == pytest.approx(19)
    assert limits.seconds("cloudwatch", "PutMetricAlarm", 60) == pytest.approx(19)


def test_what_takes_longest_to_write_starts_first() -> None:
    limits = RateLimits()
    groups = {
        "ssm_parameter": [parse({"type": "ssm_parameter", "name": str(n)}, {}) for n in range(100)],
        "cloudwatch_alarm": [parse({"type": "cloudwatch_alarm", "name": str(n)}, {}) for n in range(50)],
    }
    operations = {"ssm_parameter": ("ssm", "PutParameter"), "cloudwatch_alarm": ("cloudwatch", "PutMetricAlarm")}
    ordered = longest_first(groups, lambda kind, count: limits.seconds(*operations[kind], count))
    assert [kind for kind, _ in ordered] == ["cloudwatch_alarm", "ssm_parameter"]


@pytest.mark.parametrize(
    ("service", "operation", "family"),
    [
        ("cloudwatch", "PutMetricAlarm", "cloudwatch.PutMetricAlarm"),
        ("logs", "DescribeLogGroups", "logs.DescribeLogGroups"),
        ("logs", "ListTagsForResource", "logs.other"),
        ("ecs", "RegisterTaskDefinition", "ecs.task_definition_modify"),
        ("ecs", "DescribeServices", "ecs.service_read"),
        ("elbv2", "CreateLoadBalancer", "elbv2.intensive"),
        ("elbv2", "CreateRule", "elbv2.modify"),
        ("elbv2", "DescribeTags", "elbv2.read"),
        ("ec2", "DescribeSubnets", "ec2.read"),
        ("ec2", "CreateVpc", "ec2.modify"),
        ("iam", "CreateRole", None),
    ],
)
def test_operations_and_their_families(service: str, operation: str, family: str | None) -> None:
    assert family_of(service, operation) == family


def test_every_operation_named_exists() -> None:
    session: Any = boto3.session.Session(region_name="us-east-1")
    for name, family in FAMILIES.items():
        service = name.partition(".")[0]
        known = session.client(service).meta.service_model.operation_names
        for operation in family.operations:
            assert any(family_of(service, item) == name for item in known), f"{name}: {operation}"
            assert "*" in operation or operation in known, f"{name}: {operation}"


def test_operations_with_a_bucket_each_do_not_hold_each_other_back() -> None:
    limits = RateLimits()
    for _ in range(50):
        limits.delay("ec2", "CreateVpc", 0.0)
    assert limits.delay("ec2", "CreateVpc", 0.0) > 0
    assert limits.delay("ec2", "CreateSubnet", 0.0) == 0


def test_an_account_may_have_other_limits() -> None:
    limits = RateLimits({"cloudwatch.PutMetricAlarm": 30, "elbv2.modify": 0})
    assert not any(limits.delay("cloudwatch", "PutMetricAlarm", 0.0) for _ in range(30))
    assert not any(limits.delay("elbv2", "CreateRule", 0.0) for _ in range(1000))


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"cloudwatch.PutAlarm": 1}, "rate_limits has 'cloudwatch.PutAlarm'; there are cloudwatch.PutMetricAlarm"),
        ({"elbv2.modify": -1}, "rate_limits has -1 for elbv2.modify; give calls a second, 0 for no limit"),
        ({"elbv2.modify": "3"}, "rate_limits has '3' for elbv2.modify"),
        ({"elbv2.modify": True}, "rate_limits has True for elbv2.modify"),
    ],
)
def test_a_wrong_limit_is_told(own: dict[str, Any], message: str) -> None:
    with pytest.raises(ConvergeError) as caught:
        RateLimits(own)
    assert message in str(caught.value)


class Aws:
    """Answers of AWS, given in place of the network, and what happened in order."""

    def __init__(self, cloud: Cloud, *codes: str) -> None:
        self.codes, self.order = list(codes), list[str]()
        vars(cloud.clock)["now"] = lambda: 0.0
        vars(cloud)["wait"] = lambda seconds: self.order.append(f"waited {seconds:.0f}")
        events = cloud.client("ssm").meta.events
        events.register("before-sign", lambda **_: self.order.append("signed"))
        events.register("before-send", self._answer)

    def _answer(self, request: Any, **_event: Any) -> AWSResponse:
        self.order.append("sent")
        code = self.codes.pop(0) if self.codes else ""
        answer = AWSResponse(request.url, 400 if code else 200, HTTPHeaders(), None)
        vars(answer)["_content"] = json.dumps({"__type": code} if code else {}).encode()  # as if it had been read
        return answer


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("SLIPWAY_TIME_SCALE", raising=False)
    monkeypatch.setattr("botocore.retries.standard.random.random", lambda: 0.0)
    return Cloud("us-east-1", rate_limits={"ssm.throughput": 0.01})


def test_every_request_waits_for_its_token_and_is_signed_afterwards(cloud: Cloud) -> None:
    aws = Aws(cloud, "ThrottlingException")
    cloud.read("ssm", "get_parameter", Name="a")
    assert aws.order == ["signed", "sent", "waited 100", "signed", "sent"]


def test_what_somebody_else_is_changing_is_tried_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "full_jitter", lambda attempt: attempt)
    aws = Aws(cloud, "TooManyUpdates", "TooManyUpdates")
    cloud.write("ssm", "delete_parameter", Name="a")
    assert [step for step in aws.order if step != "signed"] == ["sent", "waited 1", "sent", "waited 2", "sent"]


@pytest.mark.parametrize(("code", "times"), [("TooManyUpdates", retries.ATTEMPTS), ("AccessDeniedException", 1)])
def test_trying_again_ends(cloud: Cloud, code: str, times: int) -> None:
    aws = Aws(cloud, *[code] * 20)
    with pytest.raises(ClientError, match=code):
        cloud.write("ssm", "delete_parameter", Name="a")
    assert aws.order.count("sent") == times


@given(st.integers(1, 30))
def test_jitter_is_full_and_has_an_end(attempt: int) -> None:
    waits = [retries.full_jitter(attempt) for _ in range(200)]
    most = min(retries.CAP, 2.0 ** (attempt - 1))
    assert 0 <= min(waits) < most / 4
    assert most * 3 / 4 < max(waits) <= most
