"""REST APIs of API Gateway."""

from __future__ import annotations

from typing import Any, ClassVar

from ..compare import Change, Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter, Patch, pointer, replaced

TYPES = "binaryMediaTypes"


class ApigatewayRestApi(ApigatewayAdapter):
    """An API, found by its name, which AWS does not keep unique."""

    create_operation = "CreateRestApi"
    kind, asked_by = "rest_api", "restApiId"
    required = ("name", "endpointConfiguration")
    identity = ("name",)
    immutable = ("endpointConfiguration",)
    unordered = (TYPES,)
    computed = ("id", "rootResourceId", "Arn")
    taggable = True
    place = "restapis/{id}"
    unsaid: ClassVar[State] = {
        "description": "",
        "disableExecuteApiEndpoint": False,
        "apiKeySource": "HEADER",
        TYPES: [],
    }

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state; ``restApiId`` is its id, as its parts name it."""
        return {**super().state_of(item, resource), "restApiId": item["id"]}

    def patches(self, changes: Changes) -> list[Patch]:
        """Return the operations; media types are added and removed one by one."""
        plain = [replaced(f"/{name}", change.after) for name, change in changes.items() if name != TYPES]
        return [*plain, *(_media(changes[TYPES]) if TYPES in changes else ())]


def _media(change: Change) -> list[Patch]:
    before, after = change.before or [], change.after
    given = [{"op": "add", "path": f"/{TYPES}/{pointer(one)}"} for one in after if one not in before]
    return [*given, *({"op": "remove", "path": f"/{TYPES}/{pointer(one)}"} for one in before if one not in after)]


ADAPTER = ApigatewayRestApi
