"""What the local cloud does not have of API Gateway's first API: refused, so that moto does not answer from its own."""

from __future__ import annotations

from moto.core.utils import get_service_model

from rehearsal.control import (
    hooks_apigateway_apis,  # noqa: F401  they register what there is
    hooks_apigateway_methods,  # noqa: F401
    hooks_apigateway_plans,  # noqa: F401
    hooks_apigateway_stages,  # noqa: F401
)
from rehearsal.control.overlay import HOOKS, Call, Refused, operation


def _refuse(call: Call) -> None:
    raise Refused("NotImplementedException", f"the local cloud does not have apigateway.{call.operation}", 501)


_OWN = {name for service, name in HOOKS.operations if service == "apigateway"}
operation("apigateway", *(set(get_service_model("apigateway").operation_names) - _OWN))(_refuse)
