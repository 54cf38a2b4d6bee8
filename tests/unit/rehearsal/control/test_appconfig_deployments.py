"""Deployments of the local cloud's AppConfig: how they grow, are watched, taken back and asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.appconfig import hooks_data, hooks_deployments, hooks_resources
from rehearsal.appconfig.model import applications
from rehearsal.appconfig.mover import AppConfigMover
from rehearsal.appconfig.shares import PREDEFINED, Strategy
from rehearsal.clock import Clock
from rehearsal.control.overlay import Call, Refused
from rehearsal.world import World

REGION = "us-east-1"
OPERATIONS = {
    name: hook
    for module in (hooks_resources, hooks_deployments, hooks_data)
    for name, hook in vars(module).items()
    if callable(hook)
}
MINUTE = 60.0


class Still(Clock):
    """A clock that somebody puts forward."""

    moment = 1_800_000_000.0

    def now(self) -> float:
        return self.moment


class AppConfig:
    """AppConfig with one application, environment, profile and a strategy of 50 % each minute and a minute's watch."""

    def __init__(self, path: Path) -> None:
        self.clock = Still()
        self.world = World(path, self.clock)
        self.mover = AppConfigMover(self.world)
        self.ids: dict[str, Any] = {}
        self.ids["ApplicationId"] = self.call("create_application", Name="shop")["Id"]
        self.ids["EnvironmentId"] = self.call("create_environment", Name="prod")["Id"]
        self.ids["ConfigurationProfileId"] = self.call("create_profile", Name="text", LocationUri="hosted")["Id"]
        self.ids["DeploymentStrategyId"] = "AppConfig.Linear50PercentEvery30Seconds"

    def call(self, name: str, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = OPERATIONS[name](Call("appconfig", name, REGION, {**self.ids, **params}, self.world))
        return found

    def deploy(self, content: str) -> int:
        version = self.call("create_version", Content=content.encode(), ContentType="text/plain")["VersionNumber"]
        number: int = self.call("start_deployment", ConfigurationVersion=str(version))["DeploymentNumber"]
        return number

    def pass_by(self, seconds: float) -> None:
        self.clock.moment += seconds
        self.mover.act()

    def state(self, number: int) -> tuple[str, float]:
        found = self.call("get_deployment", DeploymentNumber=number)
        return found["State"], found["PercentageComplete"]

    def session(self, place: float, seconds: int = 15) -> str:
        token: str = self.call(
            "start_session",
            ApplicationIdentifier="shop",
            EnvironmentIdentifier="prod",
            ConfigurationProfileIdentifier="text",
            RequiredMinimumPollIntervalInSeconds=seconds,
        )["InitialConfigurationToken"]
        self.world.kept("appconfigdata.sessions")[token].place = place
        return token

    def ask(self, token: str) -> tuple[str, bytes]:
        found = self.call("get_latest", ConfigurationToken=token)
        return found["NextPollConfigurationToken"], found["Configuration"]


@pytest.fixture
def here(tmp_path: Path) -> AppConfig:
    return AppConfig(tmp_path)


def settled(here: AppConfig) -> AppConfig:
    here.deploy("old")
    for _ in range(4):
        here.pass_by(MINUTE)
    return here


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("Linear50PercentEvery30Seconds", (50, 100)),
        ("Linear20PercentEvery6Minutes", (20, 40, 60, 80, 100)),
        ("Canary10Percent20Minutes", (10, 20, 40, 80, 100)),
        ("AllAtOnce", (100,)),
    ],
)
def test_strategies_grow_as_they_say(name: str, shares: tuple[float, ...]) -> None:
    assert Strategy.of(PREDEFINED[f"AppConfig.{name}"]).shares == shares


def test_a_deployment_grows_is_watched_and_ends(here: AppConfig) -> None:
    number = here.deploy("new")
    seen = []
    for _ in range(5):
        here.pass_by(30)
        seen.append(here.state(number))
    assert seen == [
        ("DEPLOYING", 100.0),
        ("BAKING", 100.0),
        ("BAKING", 100.0),
        ("COMPLETE", 100.0),
        ("COMPLETE", 100.0),
    ]


def test_who_is_below_the_share_gets_what_is_new(here: AppConfig) -> None:
    early, late = (settled(here).session(place) for place in (10, 90))
    here.deploy("new")
    here.pass_by(1)
    assert [here.ask(token)[1] for token in (early, late)] == [b"new", b"old"]


def test_an_environment_has_one_deployment_at_a_time(here: AppConfig) -> None:
    here.deploy("new")
    with pytest.raises(Refused, match="in progress") as refused:
        here.deploy("newer")
    assert refused.value.code == "ConflictException"


def test_what_is_stopped_is_gone_for_all(here: AppConfig) -> None:
    settled(here)
    number = here.deploy("new")
    here.pass_by(1)
    here.call("stop_deployment", DeploymentNumber=number)
    assert here.ask(here.session(0))[1] == b"old"
    here.pass_by(1)
    assert here.state(number) == ("ROLLED_BACK", 0.0)
    with pytest.raises(Refused, match="cannot be stopped"):
        here.call("stop_deployment", DeploymentNumber=number)


def test_what_is_complete_can_be_reverted_when_that_is_asked_for(here: AppConfig) -> None:
    settled(here)
    number = here.deploy("new")
    for _ in range(4):
        here.pass_by(MINUTE)
    here.call("stop_deployment", DeploymentNumber=number, AllowRevert=True)
    assert here.state(number)[0] == "REVERTED"
    assert here.ask(here.session(0))[1] == b"old"


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_an_alarm_takes_a_deployment_back(here: AppConfig, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(here)
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:bad"
    here.call("update_environment", Monitors=[{"AlarmArn": arn}])
    alarm = type("Alarm", (), {"state_value": "OK"})()
    monkeypatch.setattr(here.world, "backend", lambda *_: type("Backend", (), {"alarms": {"bad": alarm}})())
    number = here.deploy("new")
    here.pass_by(1)
    assert here.state(number)[0] == "DEPLOYING"
    alarm.state_value = state
    here.pass_by(1)
    here.pass_by(1)
    assert here.state(number)[0] == "ROLLED_BACK"
    log = here.call("get_deployment", DeploymentNumber=number)["EventLog"]
    (begun,) = (one for one in log if one["EventType"] == "ROLLBACK_STARTED")
    assert (begun["TriggeredBy"], arn in begun["Description"]) == ("CLOUDWATCH_ALARM", True)


def test_a_token_is_good_for_one_question_and_not_before_its_time(here: AppConfig) -> None:
    token = settled(here).session(0)
    following, content = here.ask(token)
    assert content == b"old"
    with pytest.raises(Refused, match="Corrupted"):
        here.ask(token)
    with pytest.raises(Refused, match="PollIntervalNotSatisfied"):
        here.ask(following)
    here.pass_by(15)
    assert here.ask(following)[1] == b"", "what is as before is not sent again"
    here.pass_by(15)
    with pytest.raises(Refused, match="Corrupted"):
        here.ask("never given")


def test_a_token_ends(here: AppConfig) -> None:
    token = settled(here).session(0)
    here.pass_by(25 * 3600)
    with pytest.raises(Refused, match="Expired"):
        here.ask(token)


def test_nothing_can_be_asked_for_before_the_first_deployment(here: AppConfig) -> None:
    with pytest.raises(Refused, match="Deployment of text does not exist"):
        here.session(0)


def test_a_schema_refuses_a_version(here: AppConfig) -> None:
    schema = '{"type": "object", "required": ["a"]}'
    here.call("update_profile", Validators=[{"Type": "JSON_SCHEMA", "Content": schema}])
    with pytest.raises(Refused, match="Invalid configuration") as refused:
        here.call("create_version", Content=b"{}", ContentType="application/json")
    assert refused.value.members["Details"]["InvalidConfiguration"] == [{"Reason": "'a' is a required property"}]


def test_what_is_in_use_stays(here: AppConfig) -> None:
    here.deploy("new")
    with pytest.raises(Refused, match="in progress"):
        here.call("delete_environment")
    with pytest.raises(Refused, match="hosted configuration versions"):
        here.call("delete_profile")
    with pytest.raises(Refused, match="has environments"):
        here.call("delete_application")
    assert list(applications(here.world, REGION)) == [here.ids["ApplicationId"]]
