"""Feature flags from AWS AppConfig, followed while the service runs.

What was read last stays good when AppConfig cannot be reached; until something has been read, defaults hold.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from typing import Any

from app.config import FlagPlace
from app.following import client, follow

LOG = logging.getLogger("app")
#: What flags are until something else has been read.
DEFAULTS: dict[str, dict[str, Any]] = {"oldest_first": {"enabled": False}}
#: Seconds between two questions that AppConfig is asked to allow, and until a question counts as lost.
EVERY, PATIENCE = 15, 5


class FeatureFlags:
    """Knows the flags.

    Args:
        place: of the configuration; without one the defaults hold for ever.
        client: of AppConfig's data, made for the first question where none is given.
    """

    def __init__(self, place: FlagPlace | None = None, client: Any = None) -> None:
        self.place = place
        self._client = client
        self._token = ""
        #: Seconds until the next question.
        self.pause = float(EVERY)
        self._failed = False
        #: By name: ``enabled``, and attributes while it is on.
        self.values: Mapping[str, dict[str, Any]] = DEFAULTS
        #: Whether the values are AppConfig's.
        self.read = False

    def enabled(self, name: str) -> bool:
        """Say whether a flag is on; one that nobody knows is off."""
        return bool(self.values.get(name, {}).get("enabled"))

    def follow(self) -> threading.Thread:
        """Ask again and again, in a thread that ends with the process."""
        return follow(self, "feature flags")

    def ask(self) -> None:
        """Ask once; an answer that cannot be had changes nothing."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  slow, and most services have none

        try:
            self._client = self._client or client("appconfigdata", PATIENCE)
            content = self._latest()
        except (BotoCoreError, ClientError) as error:
            LOG.log(logging.DEBUG if self._failed else logging.WARNING, "feature flags cannot be read: %s", error)
            self._failed, self._token = True, ""  # a token is good for one question; the next begins a new session
            return
        self._failed = False
        if content:
            self._take(content)

    def _latest(self) -> bytes:
        """Return the configuration, empty while it is as it was."""
        assert self.place  # noqa: S101  nobody asks without one
        if not self._token:
            begun = self._client.start_configuration_session(
                ApplicationIdentifier=self.place.application,
                EnvironmentIdentifier=self.place.environment,
                ConfigurationProfileIdentifier=self.place.profile,
                RequiredMinimumPollIntervalInSeconds=EVERY,
            )
            self._token = begun["InitialConfigurationToken"]
        answer = self._client.get_latest_configuration(ConfigurationToken=self._token)
        self._token = answer["NextPollConfigurationToken"]
        self.pause = float(answer["NextPollIntervalInSeconds"])
        content: bytes = answer["Configuration"].read()
        return content

    def _take(self, content: bytes) -> None:
        try:
            values = {str(name): dict(value) for name, value in json.loads(content).items()}
        except (ValueError, TypeError, AttributeError) as error:
            LOG.warning("feature flags are no flags, and stay as they were: %s", error)
            return
        self.values, self.read = {**DEFAULTS, **values}, True
        LOG.info("feature flags that are on: %s", ", ".join(sorted(filter(self.enabled, self.values))) or "none")
