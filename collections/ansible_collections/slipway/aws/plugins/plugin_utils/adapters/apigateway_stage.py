"""Stages of REST APIs: which deployment is called under which name, how often, and where that is logged."""

from __future__ import annotations

from typing import Any, ClassVar

from ..compare import Change, Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter, Patch, differing, replaced

#: Where the settings of all methods stand.
ALL = "*/*"
SETTINGS = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "throttlingRateLimit": "throttling/rateLimit",
    "throttlingBurstLimit": "throttling/burstLimit",
}
LOG, METHODS, VARIABLES = "accessLogSettings", "methodSettings", "variables"


class ApigatewayStage(ApigatewayAdapter):
    """A stage, found by its name. ``methodSettings`` has the settings of all methods as ``*/*``."""

    create_operation = "CreateStage"
    more_properties = (LOG, METHODS)
    required = ("restApiId", "stageName", "deploymentId")
    identity = ("restApiId", "stageName")
    exact = (LOG, VARIABLES)
    computed = ("Arn",)
    kind, known_by, id_name, asked_by = "stage", "stageName", "stageName", "stageName"
    result = "item"
    parent = "restApiId"
    taggable = True
    place = "restapis/{restApiId}/stages/{stageName}"
    later = (LOG, METHODS)
    unsaid: ClassVar[State] = {"description": "", "tracingEnabled": False, VARIABLES: {}, METHODS: {}}

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state, with the settings that can be declared."""
        settings = (item.get(METHODS) or {}).get(ALL) or {}
        told = {name: settings[name] for name in SETTINGS if name in settings}
        return super().state_of({**item, METHODS: {ALL: told} if told else {}}, resource)

    def patches(self, changes: Changes) -> list[Patch]:
        """Return the operations; each setting has a path of its own."""
        own = {LOG: _log, METHODS: _methods, VARIABLES: _variables}
        return [
            patch
            for name, change in changes.items()
            for patch in (own[name](change) if name in own else [replaced(f"/{name}", change.after)])
        ]


def _log(change: Change) -> list[Patch]:
    return [replaced(f"/{LOG}/{name}", value) for name, value in change.after.items()]


def _methods(change: Change) -> list[Patch]:
    changed = differing((change.before or {}).get(ALL), change.after[ALL])
    return [replaced(f"/{ALL}/{SETTINGS[name]}", value) for name, value in changed.items()]


def _variables(change: Change) -> list[Patch]:
    before, after = change.before or {}, change.after
    given = [replaced(f"/{VARIABLES}/{name}", value) for name, value in differing(before, after).items()]
    return [*given, *({"op": "remove", "path": f"/{VARIABLES}/{name}"} for name in before if name not in after)]


ADAPTER = ApigatewayStage
