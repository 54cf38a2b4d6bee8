"""What the environment names and is not there: a profile, a cloud on this machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import ToldError
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.nobody_there import nobody_there
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

NOWHERE = "http://127.0.0.1:9"


def test_a_profile_that_there_is_not_is_told_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile dev]\nregion = us-east-1\n[profile prod]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "dve")
    with pytest.raises(
        ConvergeError, match="AWS_PROFILE is dve, and no such profile is configured; there are dev, prod"
    ):
        Cloud("us-east-1")


def test_an_ended_local_cloud_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    given = {"AWS_ENDPOINT_URL": NOWHERE, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    cloud, begun = Cloud("us-east-1"), time.monotonic()
    with pytest.raises(EndpointConnectionError) as caught:
        cloud.identity()
    told = explain(caught.value)
    assert told.startswith(f"AWS_ENDPOINT_URL is {NOWHERE}, where nothing listens; a local cloud that ended is")
    assert told.endswith("for AWS unset it")
    assert time.monotonic() - begun < 10


def test_another_address_is_tried_as_ever() -> None:
    error = EndpointConnectionError(endpoint_url="https://sts.us-east-1.amazonaws.com/", error="no route")
    assert not nobody_there(error)
    assert "Could not connect to the endpoint URL" in explain(error)


def test_a_cause_that_is_told_is_not_told_again() -> None:
    error = ToldError("adopt_state: there is no file x")
    error.__cause__ = ConvergeError("adopt_state: there is no file x")
    assert str(error) == "adopt_state: there is no file x"
