"""Routes: which requests to an API go to which integration."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2Route(Apigatewayv2Adapter):
    """A route, known by its key: a method and a path."""

    create_operation = "CreateRoute"
    kind, known_by, id_name = "route", "RouteKey", "RouteId"
    required = ("ApiId", "RouteKey", "Target", "AuthorizationType")
    identity = ("ApiId", "RouteKey")
    unordered = ("AuthorizationScopes",)
    computed = ("RouteId",)
    parent = "ApiId"
    unsaid: ClassVar[State] = {"AuthorizationScopes": []}


ADAPTER = Apigatewayv2Route
