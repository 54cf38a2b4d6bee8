"""AppConfig's data plane: sessions whose tokens are good for one question, asked no faster than agreed.

https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_GetLatestConfiguration.html
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rehearsal.appconfig.flags import TYPE, retrieved
from rehearsal.appconfig.hooks_resources import bad, missing
from rehearsal.appconfig.model import Environment, Profile, applications
from rehearsal.control.overlay import Call, operation
from rehearsal.world import World

#: Seconds between two questions where a session asks for none, and for which a token is good.
INTERVAL, GOOD_FOR = 60, 24 * 3600.0


@dataclass
class Session:
    """Somebody who asks for a configuration.

    Attributes:
        place: where among all who ask, in per cent; who is below a deployment's share gets what it brings.
        next: virtual time before which no question is answered.
        told: what was answered last.
    """

    environment: Environment
    profile: Profile
    place: float
    interval: float
    next: float
    ends: float
    told: bytes = b""


class _Named(Protocol):
    @property
    def shown(self) -> dict[str, Any]: ...


def _named[T: _Named](kind: str, name: str, there: dict[str, T]) -> T:
    """Return what an id or a name stands for."""
    for number, one in there.items():
        if name in {number, one.shown["Name"]}:
            return one
    raise missing(kind, name)


@operation("appconfigdata", "StartConfigurationSession")
def start_session(call: Call) -> dict[str, Any]:
    """Begin a session about a configuration that was deployed once."""
    params, now = call.params, call.world.clock.now()
    application = _named("Application", params["ApplicationIdentifier"], applications(call.world, call.region))
    environment = _named("Environment", params["EnvironmentIdentifier"], application.environments)
    name = params["ConfigurationProfileIdentifier"]
    profile = _named("ConfigurationProfile", name, application.profiles)
    if not any(one.shown["ConfigurationProfileId"] == profile.shown["Id"] for one in environment.deployments):
        raise missing("Deployment of", name)
    interval = float(params.get("RequiredMinimumPollIntervalInSeconds", INTERVAL))
    place = secrets.randbelow(10_000) / 100
    return {
        "InitialConfigurationToken": _token(call, Session(environment, profile, place, interval, now, now + GOOD_FOR))
    }


def asked_about(world: World, region: str, params: Mapping[str, Any]) -> list[str]:
    """Return the ARN of the configuration that a call of the data plane is about; none where there is no such thing."""
    session = world.kept("appconfigdata.sessions").get(params.get("ConfigurationToken"))
    if session:
        environment, profile = session.environment.shown, session.profile.shown
    else:
        names = [params.get(f"{kind}Identifier") for kind in ("Application", "Environment", "ConfigurationProfile")]
        above = [one for key, one in applications(world, region).items() if names[0] in {key, one.shown["Name"]}]
        found = [
            (one.shown, other.shown)
            for application in above
            for one in application.environments.values()
            for other in application.profiles.values()
            if names[1] in {one.shown["Id"], one.shown["Name"]} and names[2] in {other.shown["Id"], other.shown["Name"]}
        ]
        if not found:
            return []
        environment, profile = found[0]
    place = f"application/{environment['ApplicationId']}/environment/{environment['Id']}/configuration/{profile['Id']}"
    return [f"arn:aws:appconfig:{region}:{world.account}:{place}"]


def _token(call: Call, session: Session) -> str:
    token = secrets.token_urlsafe(32)
    call.world.kept("appconfigdata.sessions")[token] = session
    return token


@operation("appconfigdata", "GetLatestConfiguration")
def get_latest(call: Call) -> dict[str, Any]:
    """Answer with the configuration if it is another one than before, and with the token for the next question."""
    with call.world.lock:
        session = _session(call)
        content = session.environment.served(session.profile.shown["Id"], session.place) or b""
    if session.profile.shown["Type"] == TYPE and content:
        content = retrieved(content)
    news = b"" if content == session.told else content
    session.told = content
    seconds = max(1, math.ceil(call.world.clock.real(session.interval)))
    return {
        "NextPollConfigurationToken": _token(call, session),
        "NextPollIntervalInSeconds": seconds,
        "ContentType": "application/json",
        "Configuration": news,
    }


def _session(call: Call) -> Session:
    """Return the session of a token, which is spent with that."""
    sessions, token, now = (
        call.world.kept("appconfigdata.sessions"),
        call.params["ConfigurationToken"],
        call.world.clock.now(),
    )
    session: Session | None = sessions.get(token)
    if session is None or now > session.ends:
        raise bad("Invalid parameter ConfigurationToken: Expired" if session else "ConfigurationToken: Corrupted")
    if now < session.next:
        raise bad("Invalid parameter ConfigurationToken: PollIntervalNotSatisfied")
    del sessions[token]
    session.next, session.ends = now + session.interval, now + GOOD_FOR
    return session
