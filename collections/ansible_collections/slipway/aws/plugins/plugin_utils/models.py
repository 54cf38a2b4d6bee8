"""AWS's API models, read once a run: in the process that Ansible's workers are forks of, before it forks.

A client costs what reading its model does, some 50 milliseconds; of a model in memory it is made in five.
"""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import ProfileNotFound
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from .resource import ConvergeError

#: Services that more than one task of a run calls.
SHARED = (
    *("cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "rds", "resourcegroupstaggingapi"),
    *("route53", "s3", "ssm", "sts"),
)
#: What a client reads beside the model of its service.
COMMON = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
OF_SERVICE = ("service-2", "endpoint-rule-set-1", "paginators-1")

#: Where a session looks too, but without its profile, which may be one that there is not.
_LOADER: Any = create_loader(os.environ.get("AWS_DATA_PATH"))


def preload() -> None:
    """Read the models that several tasks need, so that forks of this process have them. Calls nothing."""
    for name in COMMON:
        _LOADER.load_data(name)
    for service in SHARED:
        for kind in OF_SERVICE:
            _LOADER.load_service_model(service, kind)
    gc.freeze()  # forks share what their collectors never look at


def new_session(region: str | None) -> Any:
    """Return a session of botocore that shares the models.

    Args:
        region: ``None`` takes it from the environment or the profile.

    Raises:
        ConvergeError: there is no such profile.
    """
    session: Any = botocore.session.get_session()
    _check_profile(session)
    session.register_component("data_loader", _LOADER)
    if region:
        session.set_config_variable("region", region)
    return session


def _check_profile(session: Any) -> None:
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        name = "AWS_PROFILE" if os.environ.get("AWS_PROFILE") == session.profile else "AWS_DEFAULT_PROFILE"
        there = ", ".join(session.available_profiles) or "none"
        raise ConvergeError(
            f"{name} is {session.profile}, and no such profile is configured; there are {there}: set {name} to one of"
            " them, or unset it"
        ) from error


@cache
def partitions() -> list[dict[str, Any]]:
    """Return AWS's partitions, each with its ``regions`` by name and ``regionRegex``, which newer ones match, too."""
    found: list[dict[str, Any]] = _LOADER.load_data("endpoints")["partitions"]
    return found


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service: no credentials, no endpoint, no network."""
    return ServiceModel(_LOADER.load_service_model(service, "service-2"), service)


@cache
def many_of(service: str, operation: str) -> tuple[tuple[str, type], ...]:
    """Return the members of an operation's answer that hold several things, with the type that holds none."""
    shape: Any = service_model(service).operation_model(operation).output_shape
    kinds = {"list": list, "map": dict}
    members = shape.members.items() if shape else ()
    return tuple((name, kinds[member.type_name]) for name, member in members if member.type_name in kinds)
