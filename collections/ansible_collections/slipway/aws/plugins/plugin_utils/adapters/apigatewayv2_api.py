"""HTTP APIs of API Gateway."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2Api(Apigatewayv2Adapter):
    """An API, found by its name, which AWS does not keep unique."""

    create_operation = "CreateApi"
    kind, known_by, id_name = "api", "Name", "ApiId"
    required = ("Name", "ProtocolType")
    identity = ("Name",)
    immutable = ("ProtocolType",)
    fixed = ("ProtocolType",)
    computed = ("ApiId", "ApiEndpoint", "Arn")
    taggable = True
    place = "apis/{ApiId}"
    unsaid: ClassVar[State] = {"Description": "", "DisableExecuteApiEndpoint": False}


ADAPTER = Apigatewayv2Api
