"""AppConfig's applications, environments, profiles, strategies and tags: moto has a part of the first and third."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.appconfig.model import Application, Environment, Profile, applications, new_id, strategies, tags
from rehearsal.appconfig.shares import PREDEFINED
from rehearsal.control.overlay import Call, Refused, operation

HOSTED = "hosted"
NOT_THERE = 404
CONFLICT = 409
PAGE = 50


def missing(what: str, name: str) -> Refused:
    """Return the refusal of something that is not there."""
    return Refused("ResourceNotFoundException", f"{what} {name} does not exist", NOT_THERE)


def bad(text: str) -> Refused:
    """Return the refusal of a request that makes no sense."""
    return Refused("BadRequestException", text)


def application_of(call: Call) -> Application:
    """Return the application that a call names."""
    found = applications(call.world, call.region).get(call.params["ApplicationId"])
    if found is None:
        raise missing("Application", call.params["ApplicationId"])
    return found


def environment_of(call: Call) -> Environment:
    """Return the environment that a call names."""
    found = application_of(call).environments.get(call.params["EnvironmentId"])
    if found is None:
        raise missing("Environment", call.params["EnvironmentId"])
    return found


def profile_of(call: Call) -> Profile:
    """Return the configuration profile that a call names."""
    found = application_of(call).profiles.get(call.params["ConfigurationProfileId"])
    if found is None:
        raise missing("ConfigurationProfile", call.params["ConfigurationProfileId"])
    return found


def paged(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a page of a listing."""
    begin, size = int(call.params.get("NextToken", 0)), int(call.params.get("MaxResults", PAGE))
    rest = {"NextToken": str(begin + size)} if begin + size < len(items) else {}
    return {"Items": items[begin : begin + size], **rest}


def _tag(call: Call, place: str) -> None:
    arn = f"arn:aws:appconfig:{call.region}:{call.account}:{place}"
    call.world.kept("appconfig.tags")[arn] = dict(call.params.get("Tags") or {})


def _given(call: Call, *leave: str) -> dict[str, Any]:
    return {name: value for name, value in call.params.items() if name not in {"Tags", *leave}}


def _change(shown: dict[str, Any], call: Call, *names: str) -> dict[str, Any]:
    shown.update(_given(call, *names))
    return shown


# Applications


@operation("appconfig", "CreateApplication")
def create_application(call: Call) -> dict[str, Any]:
    """Create an application."""
    made = Application({"Id": new_id(), **_given(call)})
    applications(call.world, call.region)[made.shown["Id"]] = made
    _tag(call, f"application/{made.shown['Id']}")
    return made.shown


@operation("appconfig", "GetApplication")
def get_application(call: Call) -> dict[str, Any]:
    """Return an application."""
    return application_of(call).shown


@operation("appconfig", "ListApplications")
def list_applications(call: Call) -> dict[str, Any]:
    """List a region's applications."""
    return paged(call, [one.shown for one in applications(call.world, call.region).values()])


@operation("appconfig", "UpdateApplication")
def update_application(call: Call) -> dict[str, Any]:
    """Change name and description."""
    return _change(application_of(call).shown, call, "ApplicationId")


@operation("appconfig", "DeleteApplication")
def delete_application(call: Call) -> dict[str, Any]:
    """Delete an application that has nothing any more."""
    found = application_of(call)
    if found.environments or found.profiles:
        raise bad("Cannot delete an application that has environments or configuration profiles")
    del applications(call.world, call.region)[call.params["ApplicationId"]]
    return {}


# Environments


@operation("appconfig", "CreateEnvironment")
def create_environment(call: Call) -> dict[str, Any]:
    """Create an environment; its names are unique in an application."""
    above = application_of(call)
    if any(one.shown["Name"] == call.params["Name"] for one in above.environments.values()):
        raise bad(f"An environment of the name {call.params['Name']} exists already")
    made = Environment({"Id": new_id(), "State": "READY_FOR_DEPLOYMENT", "Monitors": [], **_given(call)})
    above.environments[made.shown["Id"]] = made
    _tag(call, f"application/{above.shown['Id']}/environment/{made.shown['Id']}")
    return made.shown


@operation("appconfig", "GetEnvironment")
def get_environment(call: Call) -> dict[str, Any]:
    """Return an environment."""
    return environment_of(call).shown


@operation("appconfig", "ListEnvironments")
def list_environments(call: Call) -> dict[str, Any]:
    """List the environments of an application."""
    return paged(call, [one.shown for one in application_of(call).environments.values()])


@operation("appconfig", "UpdateEnvironment")
def update_environment(call: Call) -> dict[str, Any]:
    """Change name, description and monitors."""
    return _change(environment_of(call).shown, call, "ApplicationId", "EnvironmentId")


@operation("appconfig", "DeleteEnvironment")
def delete_environment(call: Call) -> dict[str, Any]:
    """Delete an environment in which nothing is being deployed."""
    if environment_of(call).active:
        raise Refused("ConflictException", "Cannot delete an environment while a deployment is in progress", CONFLICT)
    del application_of(call).environments[call.params["EnvironmentId"]]
    return {}


# Configuration profiles


@operation("appconfig", "CreateConfigurationProfile")
def create_profile(call: Call) -> dict[str, Any]:
    """Create a profile of what AppConfig itself hosts."""
    above, params = application_of(call), call.params
    if params["LocationUri"] != HOSTED:
        raise bad(f"The local cloud has hosted configurations only; LocationUri is {params['LocationUri']}")
    if any(one["Type"] == "LAMBDA" for one in params.get("Validators", [])):
        raise bad("The local cloud runs no Lambda functions: validators of the type LAMBDA cannot be had")
    if any(one.shown["Name"] == params["Name"] for one in above.profiles.values()):
        raise bad(f"A configuration profile of the name {params['Name']} exists already")
    made = Profile({"Id": new_id(), "Type": "AWS.Freeform", "Validators": [], **_given(call)})
    above.profiles[made.shown["Id"]] = made
    _tag(call, f"application/{above.shown['Id']}/configurationprofile/{made.shown['Id']}")
    return made.shown


@operation("appconfig", "GetConfigurationProfile")
def get_profile(call: Call) -> dict[str, Any]:
    """Return a profile."""
    return profile_of(call).shown


@operation("appconfig", "ListConfigurationProfiles")
def list_profiles(call: Call) -> dict[str, Any]:
    """List the profiles of an application, with the types of their validators only."""
    names = ("ApplicationId", "Id", "Name", "LocationUri", "Type")
    found = [one.shown for one in application_of(call).profiles.values()]
    types = [[validator["Type"] for validator in one["Validators"]] for one in found]
    return paged(
        call,
        [
            {**{name: one[name] for name in names}, "ValidatorTypes": kinds}
            for one, kinds in zip(found, types, strict=True)
        ],
    )


@operation("appconfig", "UpdateConfigurationProfile")
def update_profile(call: Call) -> dict[str, Any]:
    """Change what of a profile can change."""
    return _change(profile_of(call).shown, call, "ApplicationId", "ConfigurationProfileId")


@operation("appconfig", "DeleteConfigurationProfile")
def delete_profile(call: Call) -> dict[str, Any]:
    """Delete a profile that has no versions any more."""
    if profile_of(call).versions:
        raise bad("Cannot delete a configuration profile that has hosted configuration versions")
    del application_of(call).profiles[call.params["ConfigurationProfileId"]]
    return {}


# Deployment strategies


def strategy_of(call: Call) -> dict[str, Any]:
    """Return the strategy that a call names, one that AppConfig brings too."""
    name = call.params["DeploymentStrategyId"]
    found = PREDEFINED.get(name) or strategies(call.world, call.region).get(name)
    if found is None:
        raise missing("DeploymentStrategy", name)
    return found


def _own(call: Call) -> dict[str, Any]:
    found = strategy_of(call)
    if found["Id"] in PREDEFINED:
        raise bad(f"{found['Id']} is AppConfig's own and cannot be changed")
    return found


@operation("appconfig", "CreateDeploymentStrategy")
def create_strategy(call: Call) -> dict[str, Any]:
    """Create a strategy."""
    if call.params["Name"].startswith("AppConfig."):
        raise bad("A name cannot begin with AppConfig.")
    unsaid = {"GrowthType": "LINEAR", "FinalBakeTimeInMinutes": 0, "ReplicateTo": "NONE"}
    made = {"Id": new_id(), **unsaid, **_given(call)}
    strategies(call.world, call.region)[made["Id"]] = made
    _tag(call, f"deploymentstrategy/{made['Id']}")
    return made


@operation("appconfig", "GetDeploymentStrategy")
def get_strategy(call: Call) -> dict[str, Any]:
    """Return a strategy."""
    return strategy_of(call)


@operation("appconfig", "ListDeploymentStrategies")
def list_strategies(call: Call) -> dict[str, Any]:
    """List all strategies, those that AppConfig brings first."""
    return paged(call, [*PREDEFINED.values(), *strategies(call.world, call.region).values()])


@operation("appconfig", "UpdateDeploymentStrategy")
def update_strategy(call: Call) -> dict[str, Any]:
    """Change a strategy; what is being deployed goes on as it began."""
    return _change(_own(call), call, "DeploymentStrategyId")


@operation("appconfig", "DeleteDeploymentStrategy")
def delete_strategy(call: Call) -> dict[str, Any]:
    """Delete a strategy."""
    del strategies(call.world, call.region)[_own(call)["Id"]]
    return {}


# Tags


@operation("appconfig", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Return the tags of a resource."""
    return {"Tags": _known(call)}


@operation("appconfig", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Add tags."""
    _known(call).update(call.params["Tags"])
    return {}


@operation("appconfig", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Remove tags."""
    known = _known(call)
    for name in call.params["TagKeys"]:
        known.pop(name, None)
    return {}


def _known(call: Call) -> dict[str, str]:
    arn = call.params["ResourceArn"]
    known: Mapping[str, Any] = call.world.kept("appconfig.tags")
    if arn not in known:
        raise missing("Resource", arn)
    return tags(call.world, arn)
