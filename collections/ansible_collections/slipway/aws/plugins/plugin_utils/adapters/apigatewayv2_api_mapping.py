"""API mappings: which stage of which API answers under a domain name."""

from __future__ import annotations

from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2ApiMapping(Apigatewayv2Adapter):
    """A mapping, known by the first part of the path; without ``ApiMappingKey`` the one of all paths."""

    create_operation = "CreateApiMapping"
    kind, known_by, id_name = "api_mapping", "ApiMappingKey", "ApiMappingId"
    required = ("DomainName", "ApiId", "Stage")
    identity = ("DomainName",)
    computed = ("ApiMappingId",)
    parent = "DomainName"


ADAPTER = Apigatewayv2ApiMapping
