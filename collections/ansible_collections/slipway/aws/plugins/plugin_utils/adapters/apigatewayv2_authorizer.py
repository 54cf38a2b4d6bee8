"""Authorizers: who may call the routes of an API."""

from __future__ import annotations

from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2Authorizer(Apigatewayv2Adapter):
    """An authorizer, found by its name."""

    create_operation = "CreateAuthorizer"
    kind, known_by, id_name = "authorizer", "Name", "AuthorizerId"
    required = ("ApiId", "Name", "AuthorizerType", "IdentitySource")
    identity = ("ApiId", "Name")
    exact = ("JwtConfiguration",)
    computed = ("AuthorizerId",)
    parent = "ApiId"


ADAPTER = Apigatewayv2Authorizer
