"""AWS's API models, read once a run: in the process that Ansible's workers are forks of, before it forks.

A client costs what reading its model does, some 50 milliseconds; of a model in memory it is made in five.
"""

from __future__ import annotations

import gc
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel

#: Services that more than one task of a run calls.
SHARED = (
    *("cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "rds", "resourcegroupstaggingapi"),
    *("route53", "s3", "ssm", "sts"),
)
#: What a client reads beside the model of its service.
COMMON = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
OF_SERVICE = ("service-2", "endpoint-rule-set-1", "paginators-1")

_LOADER: Any = botocore.session.get_session().get_component("data_loader")


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
    """
    session: Any = botocore.session.get_session()
    session.register_component("data_loader", _LOADER)
    if region:
        session.set_config_variable("region", region)
    return session


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
