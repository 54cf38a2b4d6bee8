"""The AppSpec of an ECS deployment, JSON or YAML.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import yaml

from rehearsal.control.overlay import Refused

TYPE, VERSION = "AWS::ECS::Service", 0.0
#: Properties of the AppSpec, and the settings of a task set that they are.
OVERRIDES = {"PlatformVersion": "platformVersion"}


@dataclass(frozen=True)
class AppSpec:
    """What an AppSpec says.

    Attributes:
        settings: what it changes of the service's settings, under the ECS API's names.
    """

    definition: str
    container: str
    port: int
    settings: dict[str, Any] = field(default_factory=dict)


def _invalid(text: str) -> Refused:
    return Refused("InvalidRevisionException", text)


def parse(revision: dict[str, Any]) -> AppSpec:
    """Return what a revision says.

    Raises:
        Refused: it has no AppSpec, or CodeDeploy would not take it.
    """
    given = revision.get("appSpecContent", {})
    if revision.get("revisionType") != "AppSpecContent" or not given.get("content"):
        raise _invalid("The local cloud deploys revisions of the type AppSpecContent with content, and no others.")
    content = given["content"]
    digest = hashlib.sha256(content.encode()).hexdigest()
    if given.get("sha256", digest) != digest:
        raise _invalid(f"The sha256 of the AppSpec content is {digest}; {given['sha256']} was given.")
    try:
        spec = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise _invalid(f"The AppSpec is neither JSON nor YAML: {error}") from error
    return _read({str(name).lower(): value for name, value in spec.items()} if isinstance(spec, dict) else {})


def _read(spec: dict[str, Any]) -> AppSpec:
    try:
        if float(spec["version"]) != VERSION:
            raise _invalid(f"The AppSpec's version is {spec['version']}; {VERSION} is allowed.")
        (target,) = spec["resources"][0].values()
        properties = target["Properties"]
        balancer = properties["LoadBalancerInfo"]
        names = (str(properties["TaskDefinition"]), str(balancer["ContainerName"]), int(balancer["ContainerPort"]))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        text = "version, and one resource with Type, TaskDefinition and LoadBalancerInfo (ContainerName, ContainerPort)"
        raise _invalid(f"The AppSpec needs {text}; {type(error).__name__}: {error}") from error
    if target.get("Type") != TYPE:
        raise _invalid(f"The type of the AppSpec's resource is {target.get('Type')}; {TYPE} is allowed.")
    if spec.get("hooks"):
        raise _invalid("The local cloud runs no Lambda functions: the AppSpec cannot have Hooks.")
    return AppSpec(*names, _settings(properties))


def _settings(properties: dict[str, Any]) -> dict[str, Any]:
    found = {ours: properties[name] for name, ours in OVERRIDES.items() if properties.get(name)}
    network = properties.get("NetworkConfiguration", {}).get("AwsvpcConfiguration")
    if network:
        found["networkConfiguration"] = {"awsvpcConfiguration": _lowered(network)}
    if properties.get("CapacityProviderStrategy"):
        found["capacityProviderStrategy"] = [_lowered(entry) for entry in properties["CapacityProviderStrategy"]]
    return found


def _lowered(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry under the ECS API's names, which begin with a small letter."""
    return {name[0].lower() + name[1:]: value for name, value in entry.items()}
