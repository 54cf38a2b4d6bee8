"""What AppConfig keeps: applications with environments, profiles and versions, strategies, and deployments."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.appconfig.shares import Strategy
from rehearsal.world import World

_LETTERS = string.ascii_lowercase + string.digits
#: States of a deployment that goes on.
GOING_ON = ("DEPLOYING", "BAKING", "ROLLING_BACK")


def new_id() -> str:
    """Return an id as AppConfig gives them."""
    return secrets.choice(string.ascii_lowercase) + "".join(secrets.choice(_LETTERS) for _ in range(6))


def moment(seconds: float) -> str:
    """Return a time as AppConfig's shape of it takes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass
class Deployment:
    """One deployment; times are virtual seconds, shares percent.

    Attributes:
        shown: what it was started with, under the API's own names.
        content: that it brings.
        log: events, the newest first.
    """

    shown: dict[str, Any]
    strategy: Strategy
    content: bytes
    started: float
    state: str = "DEPLOYING"
    share: float = 0.0
    completed: float | None = None
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Counts the deployments of its environment."""
        return int(self.shown["DeploymentNumber"])

    def tell(self, now: float, kind: str, by: str, text: str) -> None:
        """Add an event to the log."""
        event = {"EventType": kind, "TriggeredBy": by, "Description": text, "OccurredAt": moment(now)}
        self.log.insert(0, event)


@dataclass
class Environment:
    """An environment of an application: as the API shows it, and its deployments, the oldest first."""

    shown: dict[str, Any]
    deployments: list[Deployment] = field(default_factory=list)

    @property
    def active(self) -> Deployment | None:
        """The deployment that goes on; there is one at a time."""
        return next((one for one in self.deployments if one.state in GOING_ON), None)

    def served(self, profile: str, place: float) -> bytes | None:
        """Return the content of a profile for somebody whose place among all is ``place`` per cent."""
        for one in reversed(self.deployments):
            if one.shown["ConfigurationProfileId"] != profile:
                continue
            if one.state == "COMPLETE" or (one.state in {"DEPLOYING", "BAKING"} and place < one.share):
                return one.content
        return None


@dataclass
class Profile:
    """A configuration profile: as the API shows it, and its hosted versions by number."""

    shown: dict[str, Any]
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    latest: int = 0


@dataclass
class Application:
    """An application."""

    shown: dict[str, Any]
    environments: dict[str, Environment] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)


def applications(world: World, region: str) -> dict[str, Application]:
    """Return a region's applications by id."""
    found: dict[str, Application] = world.kept("appconfig.applications").setdefault(region, {})
    return found


def strategies(world: World, region: str) -> dict[str, dict[str, Any]]:
    """Return a region's own strategies by id, as the API shows them."""
    found: dict[str, dict[str, Any]] = world.kept("appconfig.strategies").setdefault(region, {})
    return found


def tags(world: World, arn: str) -> dict[str, str]:
    """Return the tags of a resource."""
    found: dict[str, str] = world.kept("appconfig.tags").setdefault(arn, {})
    return found
