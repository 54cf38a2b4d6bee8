"""AppConfig environments: where a configuration goes, and whose alarms take it back."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._appconfig import AppconfigAdapter


class AppconfigEnvironment(AppconfigAdapter):
    """An environment of an application, found by its name."""

    create_operation = "CreateEnvironment"
    kind, listing, id_name = "environment", "list_environments", "EnvironmentId"
    required = ("ApplicationId", "Name")
    identity = ("ApplicationId", "Name")
    place = "application/{ApplicationId}/environment/{Id}"
    unordered = ("Monitors",)
    unsaid: ClassVar[State] = {"Description": "", "Monitors": []}


ADAPTER = AppconfigEnvironment
