from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

Client = Callable[[str], Any]
DEPLOYMENT = "appconfig_deployment.flags"


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has a part of AppConfig."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def document(*, enabled: bool) -> dict[str, Any]:
    return {"version": "1", "flags": {"new": {"name": "new"}}, "values": {"new": {"enabled": enabled}}}


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def alarm(client: Client, name: str) -> str:
    """Make an alarm that is OK; return its ARN."""
    client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName=name,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    return f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"


@pytest.fixture
def resources(name: str, alarm: str) -> list[dict[str, Any]]:
    application = "${appconfig_application.main.Id}"
    strategy = {"DeploymentDurationInMinutes": 0, "GrowthFactor": 100, "FinalBakeTimeInMinutes": 60}
    monitors = [{"AlarmArn": alarm}]
    return [
        {"type": "appconfig_application", "name": "main", "properties": {"Name": name, "Description": "a"}},
        {
            "type": "appconfig_environment",
            "name": "main",
            "properties": {"ApplicationId": application, "Name": "test", "Monitors": monitors},
        },
        {
            "type": "appconfig_configuration_profile",
            "name": "main",
            "properties": {
                "ApplicationId": application,
                "Name": "flags",
                "LocationUri": "hosted",
                "Type": "AWS.AppConfig.FeatureFlags",
            },
        },
        {"type": "appconfig_deployment_strategy", "name": "main", "properties": {"Name": name, **strategy}},
        {
            "type": "appconfig_deployment",
            "name": "flags",
            "properties": {
                "ApplicationId": application,
                "EnvironmentId": "${appconfig_environment.main.Id}",
                "ConfigurationProfileId": "${appconfig_configuration_profile.main.Id}",
                "DeploymentStrategyId": "${appconfig_deployment_strategy.main.Id}",
                "Content": document(enabled=False),
            },
        },
    ]


def of_deployment(resources: list[dict[str, Any]], **initial: Any) -> dict[str, Any]:
    resources[-1]["initial"] = initial
    properties: dict[str, Any] = resources[-1]["properties"]
    return properties


def test_lives(converge: Converge, resources: list[dict[str, Any]]) -> None:
    converge.lives(resources)


def test_mends_what_drifted(converge: Converge, client: Client, resources: list[dict[str, Any]]) -> None:
    def drift(run: Any) -> None:
        place = {"ApplicationId": run.state("appconfig_application.main")["Id"]}
        client("appconfig").update_application(**place, Description="b")
        environment = {**place, "EnvironmentId": run.state("appconfig_environment.main")["Id"]}
        client("appconfig").update_environment(**environment, Monitors=[])
        strategy = run.state("appconfig_deployment_strategy.main")["Id"]
        client("appconfig").update_deployment_strategy(DeploymentStrategyId=strategy, FinalBakeTimeInMinutes=5)

    changed = {
        "appconfig_application.main": {"Description"},
        "appconfig_environment.main": {"Monitors"},
        "appconfig_deployment_strategy.main": {"FinalBakeTimeInMinutes"},
    }
    converge.mends(resources, drift, changed)


def ended(client: Client, state: dict[str, Any], how: str = "COMPLETE") -> None:
    """Wait until the deployment of a state has been watched long enough, or was taken back."""
    named = {key: state[key] for key in ("ApplicationId", "EnvironmentId", "DeploymentNumber")}
    deadline = time.monotonic() + 20
    while client("appconfig").get_deployment(**named)["State"] != how:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_changed_flag_is_deployed_and_nothing_else(
    converge: Converge, client: Client, resources: list[dict[str, Any]]
) -> None:
    ended(client, converge(resources).state(DEPLOYMENT))
    of_deployment(resources)["Content"] = document(enabled=True)
    assert converge(resources, check=True).changed == {DEPLOYMENT: {"Content"}}
    found = converge(resources)
    assert found.changed == {DEPLOYMENT: {"Content"}}
    assert found.state(DEPLOYMENT)["DeploymentNumber"] == 2
    assert found.state(DEPLOYMENT)["State"] == "COMPLETE"
    assert converge(resources).changed == {}


def test_a_change_waits_for_the_first_deployment_that_is_still_watched(
    converge: Converge, resources: list[dict[str, Any]]
) -> None:
    first = converge(resources).state(DEPLOYMENT)
    assert first["State"] == "BAKING"
    of_deployment(resources)["Content"] = document(enabled=True)
    assert converge(resources).state(DEPLOYMENT)["DeploymentNumber"] == 2


def on_its_way(client: Client, first: dict[str, Any], *, enabled: bool) -> None:
    """Deploy as a run does that is killed then."""
    place = {"ApplicationId": first["ApplicationId"]}
    profile = {"ConfigurationProfileId": first["ConfigurationProfileId"]}
    kept = {"Content": json.dumps(document(enabled=enabled)).encode(), "ContentType": "application/json"}
    version = client("appconfig").create_hosted_configuration_version(**place, **profile, **kept)
    client("appconfig").start_deployment(
        **place,
        **profile,
        EnvironmentId=first["EnvironmentId"],
        ConfigurationVersion=str(version["VersionNumber"]),
        DeploymentStrategyId="AppConfig.Linear20PercentEvery6Minutes",
    )


@pytest.mark.parametrize("back", [True, False])
def test_what_another_run_left_on_its_way_is_stopped_where_it_is_not_wanted(
    converge: Converge, client: Client, resources: list[dict[str, Any]], back: bool
) -> None:
    first = converge(resources).state(DEPLOYMENT)
    ended(client, first)
    on_its_way(client, first, enabled=True)
    if not back:
        of_deployment(resources)["Content"] = {**document(enabled=True), "flags": {"new": {"name": "newer"}}}
    found = converge(resources)
    assert found.changed == {DEPLOYMENT: {"Content"}}
    assert (found.state(DEPLOYMENT)["DeploymentNumber"], found.state(DEPLOYMENT)["State"]) == (
        1 if back else 3,
        "COMPLETE",
    )
    ended(client, {**first, "DeploymentNumber": 2}, "ROLLED_BACK")
    assert converge(resources).changed == {}


def test_what_is_wanted_and_on_its_way_is_waited_for(
    converge: Converge, client: Client, resources: list[dict[str, Any]]
) -> None:
    first = converge(resources).state(DEPLOYMENT)
    ended(client, first)
    on_its_way(client, first, enabled=True)
    of_deployment(resources)["Content"] = document(enabled=True)
    found = converge(resources)
    assert found.changed == {}
    assert (found.state(DEPLOYMENT)["DeploymentNumber"], found.state(DEPLOYMENT)["State"]) == (2, "COMPLETE")


def test_what_an_alarm_took_back_is_told_and_not_deployed_again(
    converge: Converge, client: Client, name: str, resources: list[dict[str, Any]]
) -> None:
    first = converge(resources).state(DEPLOYMENT)
    ended(client, first)
    of_deployment(resources)["Content"] = document(enabled=True)
    on_its_way(client, first, enabled=True)
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    ended(client, {**first, "DeploymentNumber": 2}, "ROLLED_BACK")
    refused = converge(resources, fails=True)
    assert f"deployment 2 was taken back by the alarm {name}" in str(refused.failures)
    assert "-e retry=true" in str(refused.failures)
    of_deployment(resources, Again=True)
    assert "rings" in str(converge(resources, fails=True).failures)
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    assert converge(resources).state(DEPLOYMENT)["DeploymentNumber"] == 3


def test_what_appconfig_finds_wrong_is_told(converge: Converge, resources: list[dict[str, Any]]) -> None:
    wrong = document(enabled=True)
    wrong["flags"]["new"]["attributes"] = {"most": {"constraints": {"type": "number", "maximum": 9}}}
    wrong["values"]["new"]["most"] = 10
    of_deployment(resources)["Content"] = wrong
    told = str(converge(resources, fails=True).failures)
    assert "AppConfig refuses the new content, so nothing is deployed" in told
    assert "values.new: most: 10 is greater than the maximum 9" in told


def test_an_alarm_that_there_is_not_is_named_at_once(
    converge: Converge, client: Client, name: str, resources: list[dict[str, Any]]
) -> None:
    client("cloudwatch").delete_alarms(AlarmNames=[name])
    assert f"AppConfig is to watch {name}, and there is no metric alarm" in str(
        converge(resources, fails=True).failures
    )
