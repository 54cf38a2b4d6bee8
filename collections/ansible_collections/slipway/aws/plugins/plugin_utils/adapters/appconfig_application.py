"""AppConfig applications."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._appconfig import AppconfigAdapter


class AppconfigApplication(AppconfigAdapter):
    """An application, found by its name."""

    create_operation = "CreateApplication"
    kind, listing, id_name = "application", "list_applications", "ApplicationId"
    place = "application/{Id}"
    inside = False
    unsaid: ClassVar[State] = {"Description": ""}


ADAPTER = AppconfigApplication
