"""Stages: under which name an API is called, how often, and where that is logged."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2Stage(Apigatewayv2Adapter):
    """A stage, found by its name."""

    create_operation = "CreateStage"
    kind, known_by, id_name = "stage", "StageName", "StageName"
    required = ("ApiId", "StageName")
    identity = ("ApiId", "StageName")
    fixed = ("StageName",)
    exact = ("StageVariables", "AccessLogSettings")
    computed = ("Arn",)
    parent = "ApiId"
    taggable = True
    place = "apis/{ApiId}/stages/{StageName}"
    unsaid: ClassVar[State] = {"StageVariables": {}, "AutoDeploy": False}


ADAPTER = Apigatewayv2Stage
