"""A flag that is switched on in AppConfig changes what a process does that goes on running; an alarm takes it back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal import cli
from tests.unit.app.conftest import Service, Start

REGION, ALARM = "us-east-1", "failing"
WITHIN = 30.0


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path))
    with cli.running_cloud(60.0) as variables:
        yield {**variables, "AWS_DEFAULT_REGION": REGION}


class Flags:
    """The flag oldest_first in AppConfig, deployed to half of those who ask, then to all, a minute each."""

    def __init__(self, endpoint: str) -> None:
        self.session: Any = boto3.session.Session("test", "test", region_name=REGION)
        self.endpoint = endpoint
        self.appconfig = self.client("appconfig")
        self.set_alarm("OK")
        arn = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:{ALARM}"
        application = {"ApplicationId": self.appconfig.create_application(Name="shop")["Id"]}
        environment = self.appconfig.create_environment(**application, Name="prod", Monitors=[{"AlarmArn": arn}])
        kind = {"LocationUri": "hosted", "Type": "AWS.AppConfig.FeatureFlags"}
        profile = self.appconfig.create_configuration_profile(**application, Name="flags", **kind)
        self.profile = {**application, "ConfigurationProfileId": profile["Id"]}
        self.environment = {**application, "EnvironmentId": environment["Id"]}
        self.strategy = self.appconfig.create_deployment_strategy(
            Name="two", DeploymentDurationInMinutes=2, GrowthFactor=50, FinalBakeTimeInMinutes=1
        )["Id"]

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)

    def set_alarm(self, state: str) -> None:
        cloudwatch = self.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=ALARM,
            Namespace="Test",
            MetricName="Failing",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
        cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="test")

    def deploy(self, *, enabled: bool) -> dict[str, Any]:
        """Start a deployment; return what names it."""
        value = {"oldest_first": {"enabled": enabled}}
        document = {"version": "1", "flags": {"oldest_first": {"name": "oldest_first"}}, "values": value}
        version = self.appconfig.create_hosted_configuration_version(
            **self.profile, Content=json.dumps(document).encode(), ContentType="application/json"
        )["VersionNumber"]
        named = {**self.environment, **self.profile, "DeploymentStrategyId": self.strategy}
        number = self.appconfig.start_deployment(**named, ConfigurationVersion=str(version))["DeploymentNumber"]
        return {**self.environment, "DeploymentNumber": number}

    def ended(self, deployment: dict[str, Any]) -> str:
        state: str = self.appconfig.get_deployment(**deployment)["State"]
        return state if state in {"COMPLETE", "ROLLED_BACK"} else ""


def until(answer: Callable[[], Any], wanted: Any) -> None:
    deadline = time.monotonic() + WITHIN
    while (found := answer()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.1)


def flag(service: Service) -> tuple[bool, bool]:
    """Return what the service has of the flag, and whether that was read."""
    told = json.loads(service.get("/flags")[1])
    return told["flags"]["oldest_first"]["enabled"], told["read"]


def first_note(service: Service) -> str:
    text: str = json.loads(service.get("/notes")[1])["notes"][0]["text"]
    return text


@pytest.mark.usefixtures("migrated")
def test_a_flag_changes_a_service_that_goes_on_running(cloud: dict[str, str], start: Start) -> None:
    flags = Flags(cloud["AWS_ENDPOINT_URL"])
    place = {"APPLICATION": "shop", "ENVIRONMENT": "prod", "PROFILE": "flags"}
    service = start(**cloud, **{f"FEATURE_FLAGS_{name}": value for name, value in place.items()})
    for text in ("old", "new"):
        service.request("POST", "/notes", json.dumps({"text": text}).encode())
    assert flag(service) == (False, False)
    assert first_note(service) == "new"
    deployment = flags.deploy(enabled=True)
    until(lambda: flags.ended(deployment), "COMPLETE")
    until(lambda: flag(service), (True, True))
    assert first_note(service) != "new"
    bad = flags.deploy(enabled=False)
    flags.set_alarm("ALARM")
    until(lambda: flags.ended(bad), "ROLLED_BACK")
    until(lambda: flag(service), (True, True))
    log = flags.appconfig.get_deployment(**bad)["EventLog"]
    assert [one["TriggeredBy"] for one in log if one["EventType"] == "ROLLBACK_STARTED"] == ["CLOUDWATCH_ALARM"]
    assert service.process.poll() is None
