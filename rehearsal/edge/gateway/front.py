"""What happens to a request between a client and an integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html; rest_front.py has those of REST APIs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from rehearsal.clock import Clock
from rehearsal.edge import headers
from rehearsal.edge.conditions import Request
from rehearsal.edge.gateway import mapping, tokens
from rehearsal.edge.gateway.access_log import line
from rehearsal.edge.gateway.call import Call
from rehearsal.edge.gateway.onward import Answer, Onward, Unavailable
from rehearsal.edge.gateway.rest_front import Arrived, RestFront
from rehearsal.edge.gateway.routes import DEFAULT, Api, Gateway, RestApi
from rehearsal.edge.gateway.throttle import Throttle
from rehearsal.edge.plane import Plane
from rehearsal.edge.upstream import Whole

#: Largest body of a request that an HTTP API takes.
LARGEST = 10 * 1024 * 1024
Log = Callable[[dict[str, str]], None]
#: Id of an API, name of a stage, and the path below that.
Place = tuple[str, str, str]


class Refusal(Exception):  # noqa: N818  an answer, not a defect
    """An answer by API Gateway itself."""

    def __init__(self, status: int, message: str, challenge: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.challenge = challenge

    def response(self) -> web.Response:
        """Return it."""
        challenge = {"www-authenticate": self.challenge} if self.challenge else {}
        return web.json_response({"message": str(self)}, status=self.status, headers=challenge)


class Front:
    """Carries requests of all APIs.

    Args:
        plane: has the routing table.
        onward: makes the requests to load balancers.
        clock: virtual time.
        log: takes a line of an access log.
    """

    def __init__(self, plane: Plane, onward: Onward, clock: Clock, log: Log) -> None:
        self.plane = plane
        self.onward = onward
        self.log = log
        self.throttle = Throttle(clock)
        self.issuers = tokens.Issuers(clock, lambda: self.plane.table.names)
        self.rest = RestFront(plane.judge, onward, clock, self.issuers)

    def handler(self, arn: str) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """Return what serves the requests of one gateway."""

        async def serve(raw: web.BaseRequest) -> web.StreamResponse:
            gateway, request = self.plane.table.gateways.get(arn), self.plane.request(raw)
            try:
                place = _place(gateway, request)
                if gateway and place[0] in gateway.rest:
                    return await self._by_rest(gateway, place, request, raw)
                call = _understood(gateway, place, request)
            except Refusal as refusal:
                return refusal.response()
            response = await self._answer(call, raw)
            response.headers["apigw-requestid"] = call.id
            self._write(call, response)
            return response

        return serve

    async def _by_rest(
        self, gateway: Gateway, place: Place, request: Request, raw: web.BaseRequest
    ) -> web.StreamResponse:
        """Return the answer of a REST API; what it knows of no stage is logged nowhere."""
        api, stage, path = gateway.rest[place[0]], *place[1:]
        if stage not in api.stages:
            raise Refusal(403, "Forbidden")
        response, call = await self.rest.answer(Arrived(gateway, api, stage, path, request), raw)
        if call:
            context = {**call.told(), "status": response.status, "responseLength": response.content_length or 0}
            log = call.stage.log
            self._log(
                {"DestinationArn": log.get("destinationArn"), "Format": log.get("format")}, api.id, stage, context
            )
        return response

    async def _answer(self, call: Call, raw: web.BaseRequest) -> web.Response:
        if not self.throttle.takes((call.api.id, call.stage, call.route.key), call.throttle()):
            return Refusal(429, "Too Many Requests").response()
        try:
            await self._authorize(call)
            return _mapped(call, await self._sent(call, raw))
        except Refusal as refusal:
            return refusal.response()

    async def _authorize(self, call: Call) -> None:
        authorizer = call.route.authorizer
        if authorizer is None:
            return
        token = call.variable(authorizer["IdentitySource"].removeprefix("$"))
        token = token[len("Bearer ") :] if token[: len("Bearer ")].lower() == "bearer " else token
        if not token:
            raise Refusal(401, "Unauthorized", "Bearer")
        try:
            call.claims = await self.issuers.claims(authorizer, token, call.gateway.trusted)
        except tokens.InvalidToken as error:
            call.context["authorizer"] = {"error": str(error)}
            challenge = f'Bearer scope="" error="invalid_token" error_description="{error}"'
            raise Refusal(401, "Unauthorized", challenge) from error
        wanted = call.route.fields["AuthorizationScopes"]
        if wanted and not tokens.scopes(call.claims) & set(wanted):
            raise Refusal(403, "Forbidden", f'Bearer scope="{" ".join(wanted)}" error="insufficient_scope"')

    async def _sent(self, call: Call, raw: web.BaseRequest) -> Answer:
        body = b""
        async for chunk in raw.content.iter_any():
            body += chunk
            if len(body) > LARGEST:
                raise Refusal(413, "Request Entity Too Large")
        message = mapping.Message(_onward_headers(call), call.path, call.request.query)
        mapping.apply(call.route.integration["request"], message, call.variable)
        try:
            answer = await self.onward.send(call.route.integration, call.request.method, message, body)
        except Unavailable as error:
            call.context["integrationErrorMessage"] = str(error)
            raise Refusal(error.status, error.message) from error
        call.context["integrationStatus"] = answer.status
        return answer

    def _write(self, call: Call, response: web.StreamResponse) -> None:
        context = {**call.told(), "status": response.status, "responseLength": response.content_length or 0}
        self._log(call.settings["log"], call.api.id, call.stage, context)

    def _log(self, logged: Mapping[str, Any], api: str, stage: str, context: dict[str, Any]) -> None:
        if logged.get("DestinationArn"):
            record = {"group": logged["DestinationArn"], "stream": f"{api}-{stage.strip('$')}"}
            self.log({**record, "line": line(logged["Format"], context)})


def _understood(gateway: Gateway | None, place: Place, request: Request) -> Call:
    """Return a request to an HTTP API with its API, stage and route.

    Raises:
        Refusal: there is none of these.
    """
    number, stage, path = place
    api = gateway.apis.get(number) if gateway else None
    found = api.route(request.method, path) if api and stage in api.stages else None
    if gateway is None or api is None or found is None:
        raise Refusal(404, "Not Found")
    return Call(gateway, api, stage, request, path, *found)


def _place(gateway: Gateway | None, request: Request) -> Place:
    """Return the id of an API, the stage, and the rest of the path, by the name that was called.

    Raises:
        Refusal: it is nobody's name.
    """
    if gateway is None:
        raise Refusal(403, "Forbidden")
    for key, api, stage in sorted(gateway.domains.get(request.host, ()), key=lambda one: -len(one[0])):
        if not key or f"{request.path}/".startswith(f"/{key}/"):
            return api, stage, (request.path[len(f"/{key}") :] if key else request.path) or "/"
    number = request.host.partition(".")[0]
    found: Api | RestApi | None = gateway.apis.get(number) or gateway.rest.get(number)
    if found is None or not found.endpoint:
        raise Refusal(403, "Forbidden")
    first, rest = request.path[1:].partition("/")[::2]
    if first in found.stages or number in gateway.rest:
        return number, first, f"/{rest}"
    return number, DEFAULT, request.path


def _onward_headers(call: Call) -> CIMultiDict[str]:
    given = call.request.headers
    passed = headers.to_client(given)
    passed.popall("Content-Length", None)
    passed.popall("Expect", None)
    passed["Forwarded"] = f"for={call.request.source};host={call.request.host};proto=https"
    passed["X-Amzn-Trace-Id"] = headers.trace_id(given.get("X-Amzn-Trace-Id", ""))
    return passed


def _mapped(call: Call, answer: Answer) -> web.Response:
    mappings: Mapping[str, str] = call.route.integration["response"].get(str(answer.status), {})
    message = mapping.Message(answer.headers, status=answer.status)

    def lookup(name: str) -> str:
        of_response = name.removeprefix("response.header.")
        return answer.headers.get(of_response, "") if of_response != name else call.variable(name)

    mapping.apply(mappings, message, lookup)
    return Whole(status=message.status, headers=message.headers, body=answer.body)
