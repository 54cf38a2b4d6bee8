"""AppConfig's hosted versions and deployments."""

from __future__ import annotations

from typing import Any

from rehearsal.appconfig.flags import TYPE, mistakes, stamped
from rehearsal.appconfig.hooks_resources import (
    CONFLICT,
    bad,
    environment_of,
    missing,
    paged,
    profile_of,
    strategy_of,
)
from rehearsal.appconfig.model import Deployment, Environment, moment
from rehearsal.appconfig.mover import take_back
from rehearsal.appconfig.schema import mistakes_by_schema
from rehearsal.appconfig.shares import Strategy
from rehearsal.control.overlay import Call, Refused, operation

LARGEST = 2 * 1024 * 1024
INVALID = "Invalid configuration"
#: Seconds for which a deployment that is complete can be reverted.
REVERTED_WITHIN = 72 * 3600.0


@operation("appconfig", "CreateHostedConfigurationVersion")
def create_version(call: Call) -> dict[str, Any]:
    """Store a version that the profile's type and validators let through."""
    profile, params = profile_of(call), call.params
    content = _bytes(params["Content"])
    if len(content) > LARGEST:
        raise Refused("PayloadTooLargeException", f"The content has {len(content)} bytes; {LARGEST} are allowed", 413)
    if params.get("LatestVersionNumber", profile.latest) != profile.latest:
        raise Refused("ConflictException", f"The latest version is {profile.latest}", CONFLICT)
    flags = profile.shown["Type"] == TYPE
    wrong = mistakes(content) if flags else []
    wrong += mistakes_by_schema(content, profile.shown["Validators"])
    if wrong:
        details = {"InvalidConfiguration": [{"Reason": text} for text in wrong]}
        raise Refused("BadRequestException", INVALID, Reason="InvalidConfiguration", Details=details)
    profile.latest += 1
    names = ("ApplicationId", "ConfigurationProfileId", "Description", "ContentType", "VersionLabel")
    made = {name: params[name] for name in names if name in params}
    kept = stamped(content, moment(call.world.clock.now())) if flags else content
    profile.versions[profile.latest] = {**made, "VersionNumber": profile.latest, "Content": kept}
    return profile.versions[profile.latest]


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _version(call: Call, number: str | int) -> dict[str, Any]:
    versions = profile_of(call).versions
    found = versions.get(int(number)) if str(number).isdecimal() else None
    if found is None:
        raise missing("HostedConfigurationVersion", str(number))
    return found


@operation("appconfig", "GetHostedConfigurationVersion")
def get_version(call: Call) -> dict[str, Any]:
    """Return a version."""
    return _version(call, call.params["VersionNumber"])


@operation("appconfig", "ListHostedConfigurationVersions")
def list_versions(call: Call) -> dict[str, Any]:
    """List versions, the newest first, without what they say."""
    found = [
        {name: value for name, value in one.items() if name != "Content"}
        for one in reversed(list(profile_of(call).versions.values()))
    ]
    return paged(call, found)


@operation("appconfig", "DeleteHostedConfigurationVersion")
def delete_version(call: Call) -> dict[str, Any]:
    """Delete a version; who has it keeps it."""
    _version(call, call.params["VersionNumber"])
    del profile_of(call).versions[call.params["VersionNumber"]]
    return {}


@operation("appconfig", "StartDeployment")
def start_deployment(call: Call) -> dict[str, Any]:
    """Start a deployment; an environment has one at a time."""
    with call.world.lock:
        environment, profile = environment_of(call), profile_of(call)
        strategy, version = strategy_of(call), _version(call, call.params["ConfigurationVersion"])
        if environment.active:
            text = f"Deployment {environment.active.number} is in progress in this environment"
            raise Refused("ConflictException", text, CONFLICT)
        now = call.world.clock.now()
        shown = {
            **{name: value for name, value in call.params.items() if name != "Tags"},
            **{name: strategy[name] for name in SHOWN},
            "DeploymentNumber": len(environment.deployments) + 1,
            "ConfigurationName": profile.shown["Name"],
            "ConfigurationLocationUri": profile.shown["LocationUri"],
        }
        one = Deployment(shown, Strategy.of(strategy), version["Content"], now)
        one.tell(now, "DEPLOYMENT_STARTED", "USER", f"Deployment started by {call.account}")
        environment.deployments.append(one)
        environment.shown["State"] = "DEPLOYING"
        return _shown(one)


SHOWN = ("DeploymentDurationInMinutes", "GrowthType", "GrowthFactor", "FinalBakeTimeInMinutes")


def _shown(one: Deployment) -> dict[str, Any]:
    ended = {"CompletedAt": moment(one.completed)} if one.completed else {}
    told = {"State": one.state, "PercentageComplete": one.share, "StartedAt": moment(one.started), "EventLog": one.log}
    return {**one.shown, **told, **ended}


def _deployment(call: Call, environment: Environment) -> Deployment:
    for one in environment.deployments:
        if one.number == call.params["DeploymentNumber"]:
            return one
    raise missing("Deployment", str(call.params["DeploymentNumber"]))


@operation("appconfig", "GetDeployment")
def get_deployment(call: Call) -> dict[str, Any]:
    """Return a deployment with its events."""
    with call.world.lock:
        return _shown(_deployment(call, environment_of(call)))


@operation("appconfig", "ListDeployments")
def list_deployments(call: Call) -> dict[str, Any]:
    """List the deployments of an environment, the newest first."""
    with call.world.lock:
        found = [_shown(one) for one in reversed(environment_of(call).deployments)]
    return paged(call, [{name: one[name] for name in one if name in SUMMARY} for one in found])


SUMMARY = (
    *SHOWN,
    "DeploymentNumber",
    "ConfigurationName",
    "ConfigurationProfileId",
    "ConfigurationVersion",
    "State",
    "PercentageComplete",
    "StartedAt",
    "CompletedAt",
)


@operation("appconfig", "StopDeployment")
def stop_deployment(call: Call) -> dict[str, Any]:
    """Take back a deployment that goes on; with AllowRevert, for three days one that is complete too."""
    with call.world.lock:
        environment, now = environment_of(call), call.world.clock.now()
        one = _deployment(call, environment)
        text = f"Rollback initiated by {call.account}"
        if one.state in {"DEPLOYING", "BAKING"}:
            take_back(one, now, "USER", text)
            environment.shown["State"] = "ROLLING_BACK"
        elif call.params.get("AllowRevert") and _reverts(one, now):
            one.state, environment.shown["State"] = "REVERTED", "REVERTED"
            one.tell(now, "REVERT_COMPLETED", "USER", text)
        else:
            raise bad(f"Deployment {one.number} is {one.state} and cannot be stopped")
        return _shown(one)


def _reverts(one: Deployment, now: float) -> bool:
    return one.state == "COMPLETE" and now - (one.completed or 0) <= REVERTED_WITHIN
