"""What happens to a request to a REST API: web ACL, method, token, key, limits, integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from rehearsal.clock import Clock
from rehearsal.edge.conditions import Request
from rehearsal.edge.gateway import tokens
from rehearsal.edge.gateway.onward import Onward, Unavailable
from rehearsal.edge.gateway.plans import TOO_MUCH, TOO_OFTEN, Usage
from rehearsal.edge.gateway.rest_call import RestCall
from rehearsal.edge.gateway.rest_messages import Unmapped, incoming, outgoing
from rehearsal.edge.gateway.routes import Gateway, RestApi, RestStage, first
from rehearsal.edge.gateway.templates import InvalidTemplate
from rehearsal.edge.gateway.throttle import Throttle
from rehearsal.edge.plane import Judge
from rehearsal.edge.upstream import Whole

LARGEST = 10 * 1024 * 1024
#: By message, what the header x-amzn-ErrorType says.
ERRORS = {
    "Unauthorized": "UnauthorizedException",
    "Forbidden": "ForbiddenException",
    "Missing Authentication Token": "MissingAuthenticationTokenException",
    TOO_OFTEN: "TooManyRequestsException",
    TOO_MUCH: "LimitExceededException",
}


class GatewayResponse(Exception):  # noqa: N818  an answer, not a defect
    """An answer by API Gateway itself."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def response(self) -> web.Response:
        """Return it."""
        kind = ERRORS.get(str(self), "InternalServerErrorException")
        return web.json_response({"message": str(self)}, status=self.status, headers={"x-amzn-ErrorType": kind})


@dataclass(frozen=True)
class Stage:
    """What a web ACL stands before."""

    firewall: Mapping[str, Any] | None


@dataclass(frozen=True)
class Arrived:
    """A request where it arrived: an API, the name of one of its stages, and the path below that."""

    gateway: Gateway
    api: RestApi
    stage: str
    path: str
    request: Request


class RestFront:
    """Carries the requests of REST APIs.

    Args:
        judge: asks a stage's web ACL.
        onward: makes the requests to load balancers.
        clock: virtual time.
        issuers: know the keys of issuers of tokens.
    """

    def __init__(self, judge: Judge, onward: Onward, clock: Clock, issuers: tokens.Issuers) -> None:
        self.judge = judge
        self.onward = onward
        self.issuers = issuers
        self.throttle = Throttle(clock)
        self.usage = Usage(clock, self.throttle)

    async def answer(self, arrived: Arrived, raw: web.BaseRequest) -> tuple[web.Response, RestCall | None]:
        """Return the answer to a request, and what is known of it where there is a method for it."""
        try:
            call = self._understood(arrived)
        except GatewayResponse as refusal:
            return refusal.response(), None
        try:
            response = await self._carried(call, raw)
        except GatewayResponse as refusal:
            call.context.setdefault("error", {"message": str(refusal)})
            response = refusal.response()
        response.headers["x-amzn-RequestId"] = call.id
        return response, call

    def _understood(self, arrived: Arrived) -> RestCall:
        stage = arrived.api.stages[arrived.stage]
        refused = self.judge(_guarded(stage), arrived.request)
        if refused:
            raise GatewayResponse(refused, "Forbidden")
        found = first(stage.routes, arrived.request.method, arrived.path)
        if found is None:
            raise GatewayResponse(403, "Missing Authentication Token")
        return RestCall(arrived.gateway, arrived.api.id, arrived.stage, stage, arrived.request, *found)

    async def _carried(self, call: RestCall, raw: web.BaseRequest) -> web.Response:
        await self._authorize(call)
        self._admit(call)
        call.body = await _body(raw)
        try:
            return await self._exchanged(call)
        except Unavailable as error:
            call.context["error"] = {"message": str(error)}
            timed = error.status == 504  # noqa: PLR2004
            text = "Endpoint request timed out" if timed else "Network error communicating with endpoint"
            raise GatewayResponse(504, text) from error
        except Unmapped as error:
            raise GatewayResponse(error.status, str(error)) from error
        except InvalidTemplate as error:
            call.context["error"] = {"message": str(error)}
            raise GatewayResponse(500, "Internal server error") from error

    async def _exchanged(self, call: RestCall) -> web.Response:
        message, body = outgoing(call)
        verb = call.integration["httpMethod"]
        verb = call.request.method if verb == "ANY" else verb
        answer = await self.onward.send(call.integration["reached"], verb, message, body)
        call.context["integration"] = {"status": answer.status}
        status, told, content = incoming(call, answer)
        return Whole(status=status, headers=told, body=content)

    async def _authorize(self, call: RestCall) -> None:
        authorizer = call.route.authorizer
        if authorizer is None:
            return
        token = call.request.headers.get(authorizer["header"], "")
        token = token[len("Bearer ") :] if token[: len("Bearer ")].lower() == "bearer " else token
        if not token:
            raise GatewayResponse(401, "Unauthorized")
        call.claims = await self._claims(call, authorizer["issuers"], token)
        wanted = call.route.fields.get("authorizationScopes")
        if wanted and not tokens.scopes(call.claims) & set(wanted):
            raise GatewayResponse(403, "Forbidden")

    async def _claims(self, call: RestCall, issuers: list[dict[str, Any]], token: str) -> tokens.Claims:
        """Return the claims of a token that one of the issuers gave."""
        reason = ""
        for issuer in issuers:
            try:
                return await self.issuers.claims(issuer, token, call.gateway.trusted)
            except tokens.InvalidToken as error:
                reason = str(error)
        call.context["authorizer"] = {"error": reason}
        raise GatewayResponse(401, "Unauthorized")

    def _admit(self, call: RestCall) -> None:
        """Let a key of a usage plan pass, as often as the plan and the stage allow.

        Raises:
            GatewayResponse: there is no such key, or it has called often enough.
        """
        if call.route.fields.get("apiKeyRequired"):
            sent = call.request.headers.get("x-api-key", "")
            plan = next((one for one in call.stage.plans if sent in one["keys"]), None)
            if plan is None:
                raise GatewayResponse(403, "Forbidden")
            key = plan["keys"][sent]
            call.context["identity"] = {"apiKeyId": key["id"]}
            refusal = self.usage.refusal(plan, key["id"])
            if refusal:
                raise GatewayResponse(429, refusal)
        if not self.throttle.takes((call.api, call.name, call.route.key), call.stage.throttle):
            raise GatewayResponse(429, TOO_OFTEN)


def _guarded(stage: RestStage) -> Stage:
    """Return a stage as the firewall sees it, whose log names API Gateway."""
    return Stage(stage.firewall and {**stage.firewall, "source": "APIGW"})


async def _body(raw: web.BaseRequest) -> bytes:
    body = b""
    async for chunk in raw.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise GatewayResponse(413, "Request Too Long")
    return body
