"""Calls are made as the role that an environment names, for as long as a run lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from moto import mock_aws
from moto.sts import models

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.assumed import Role, assume
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.models import new_session
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

OTHER = "210987654321"
ROLE = Role(f"arn:aws:iam::{OTHER}:role/deployer", "shop", "release-7")


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "SLIPWAY_TIME_SCALE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(Cloud, "role", None)
    with mock_aws():
        yield


def key(cloud: Cloud) -> str:
    return str(cloud.session.get_credentials().get_frozen_credentials().access_key)


def assumptions(cloud: Cloud) -> list[Any]:
    return list(models.sts_backends[OTHER]["aws"].assumed_roles)


def test_calls_reach_the_account_of_the_role() -> None:
    cloud = Cloud("us-east-1", role=ROLE)
    told = cloud.read("sts", "get_caller_identity")
    assert told["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/deployer/release-7"
    assert cloud.identity()["account"] == OTHER
    assert [(one.role_arn, one.external_id) for one in assumptions(cloud)] == [(ROLE.arn, "shop")]


def test_without_a_role_they_are_the_callers_own() -> None:
    assert Cloud("us-east-1").identity()["account"] == "123456789012"


def test_the_role_of_the_run_goes_for_every_client_but_those_of_another_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Cloud, "role", ROLE)
    assert Cloud("us-east-1").identity()["account"] == OTHER
    third = Role("arn:aws:iam::333333333333:role/reader")
    assert Cloud("us-east-1", role=third).identity()["account"] == "333333333333"


def test_a_role_without_a_name_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cloud, "role", ROLE)
    assert Cloud("us-east-1", role=Role("")).identity()["account"] == "123456789012"


def test_one_session_serves_all_calls_of_a_task() -> None:
    cloud = Cloud("us-east-1", role=ROLE)
    for service, operation in (("sts", "get_caller_identity"), ("sns", "list_topics"), ("sqs", "list_queues")):
        cloud.read(service, operation)
    assert len(assumptions(cloud)) == 1


def test_credentials_are_fetched_anew_before_they_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    now = models.utcnow

    def earlier() -> datetime:
        begun: datetime = now()
        return begun - timedelta(minutes=55)

    monkeypatch.setattr(models, "utcnow", earlier)
    cloud = Cloud("us-east-1", role=ROLE)
    first = key(cloud)
    monkeypatch.setattr(models, "utcnow", now)
    second = key(cloud)
    assert second != first
    assert key(cloud) == second
    assert len(assumptions(cloud)) == 2


def test_nothing_is_called_before_somebody_calls() -> None:
    cloud = Cloud("us-east-1", role=ROLE)
    cloud.client("ecs")
    assert not assumptions(cloud)


def test_a_refusal_names_the_variables_and_what_to_do() -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "AssumeRole")
    told = explain(Role(ROLE.arn).refusal(error))
    assert told.startswith(f"aws_role_arn is {ROLE.arn}, which these credentials may not assume (AccessDenied: not")
    assert "trust policy has to allow sts:AssumeRole" in told
    assert "aws_external_id, which is not set," in told
    assert "aws_external_id, which is set," in explain(ROLE.refusal(error))
    assert "shop" not in explain(ROLE.refusal(error))


def test_a_refused_assumption_ends_the_call_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_more: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "AssumeRole")

    monkeypatch.setattr(models.STSBackend, "assume_role", refuse)
    with pytest.raises(ConvergeError, match=r"^aws_role_arn is .* may not assume"):
        Cloud("us-east-1", role=ROLE).identity()


def test_no_credentials_to_assume_with_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    session = new_session("us-east-1")
    monkeypatch.setattr(session.get_component("credential_provider"), "load_credentials", lambda: None)
    assume(session, ROLE)
    with pytest.raises(NoCredentialsError):
        session.get_credentials()


@pytest.mark.parametrize(
    ("variables", "role"),
    [
        ({}, None),
        ({"aws_role_arn": "", "aws_external_id": "", "aws_role_session_name": "slipway"}, None),
        ({"aws_role_arn": ROLE.arn, "aws_external_id": "shop", "aws_role_session_name": "release-7"}, ROLE),
    ],
)
def test_a_task_acts_as_the_role_of_its_environment_and_as_that_of_no_other(
    variables: dict[str, str], role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reader(Acting):
        arguments: ClassVar[dict[str, Any]] = {}

        def act(self, options: dict[str, Any]) -> dict[str, Any]:
            return {"role": Cloud.role, **options}

    monkeypatch.setattr(Cloud, "role", Role("arn:aws:iam::333333333333:role/before"))
    monkeypatch.setattr(Reader, "validate_argument_spec", lambda *_a, **_k: ({}, {}))
    task = SimpleNamespace(async_val=0, check_mode=False, diff=False, no_log=False, action="reader", environment=[])
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=""))
    templar = SimpleNamespace(template=lambda value: value)
    reader = Reader(task, connection, SimpleNamespace(check_mode=False), None, templar, None)
    assert reader.run(task_vars=variables) == {"role": role}


def test_a_role_is_what_the_variables_say() -> None:
    assert Role.of({"role_arn": "", "external_id": "shop"}) is None
    assert Role.of({"role_arn": None}) is None
    assert Role.of(ROLE.as_values()) == ROLE
    assert Role.of({"role_arn": ROLE.arn, "external_id": "", "role_session_name": None}) == Role(ROLE.arn)
