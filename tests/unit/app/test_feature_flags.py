from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from app.config import Config, ConfigError, FlagPlace
from app.feature_flags import FeatureFlags

HERE = FlagPlace("shop", "prod", "flags")
ON, OFF = ({"oldest_first": {"enabled": value}} for value in (True, False))


class Data:
    """AppConfig's data plane, with an answer to each question; a token is good for one."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sessions = 0
        self.token = ""

    def start_configuration_session(self, **_asked: Any) -> dict[str, str]:
        self.sessions += 1
        self.token = f"session {self.sessions}"
        return {"InitialConfigurationToken": self.token}

    def get_latest_configuration(self, **asked: str) -> dict[str, Any]:
        assert asked["ConfigurationToken"] == self.token, "a token was used twice"
        self.token += "."
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        told = {"NextPollConfigurationToken": self.token, "NextPollIntervalInSeconds": 42}
        return {**told, "Configuration": io.BytesIO(content)}


def asked(*answers: Any) -> tuple[FeatureFlags, Data]:
    data = Data(*answers)
    flags = FeatureFlags(HERE, data)
    for _ in answers:
        flags.ask()
    return flags, data


def unreachable() -> Exception:
    return EndpointConnectionError(endpoint_url="https://appconfigdata.example.com")


@pytest.mark.parametrize(
    ("answers", "on", "read"),
    [
        ([], False, False),
        ([unreachable()], False, False),
        ([ON], True, True),
        ([ON, b""], True, True),
        ([ON, unreachable()], True, True),
        ([ON, b"[1]"], True, True),
        ([ON, b"no json"], True, True),
        ([ON, unreachable(), OFF], False, True),
        ([{}], False, True),
    ],
    ids=["never asked", "never read", "on", "as before", "lost", "a list", "no json", "off again", "no flags"],
)
def test_the_last_good_answer_holds(answers: list[Any], on: bool, read: bool) -> None:
    flags, _ = asked(*answers)
    assert (flags.enabled("oldest_first"), flags.read) == (on, read)


def test_a_flag_that_nobody_knows_is_off() -> None:
    assert not asked(ON)[0].enabled("other")


def test_a_token_is_used_once_and_a_lost_question_begins_anew() -> None:
    _, data = asked(ON, b"", unreachable(), OFF)
    assert data.sessions == 2


def test_attributes_are_kept() -> None:
    flags, _ = asked({"limit": {"enabled": True, "most": 5}})
    assert flags.values["limit"]["most"] == 5


def test_it_asks_as_often_as_it_is_told() -> None:
    assert asked(ON)[0].pause == 42


def test_being_cut_off_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        asked(unreachable(), unreachable())
    assert len([one for one in caplog.records if "cannot be read" in one.message]) == 1


def test_the_place_is_whole_or_not_there() -> None:
    environment = {"DATABASE_HOST": "a", "DATABASE_NAME": "a", "DATABASE_USER": "a", "DATABASE_PASSWORD": "a"}
    assert Config.read(environment).flags is None
    environment |= {"FEATURE_FLAGS_APPLICATION": "shop", "FEATURE_FLAGS_ENVIRONMENT": "prod"}
    with pytest.raises(
        ConfigError, match="FEATURE_FLAGS_PROFILE is not set; the service needs it to read its feature flags"
    ):
        Config.read(environment)
    assert Config.read({**environment, "FEATURE_FLAGS_PROFILE": "flags"}).flags == HERE
