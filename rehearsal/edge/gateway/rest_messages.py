"""What a REST API makes of requests and answers: as they are for HTTP_PROXY, only what is mapped for HTTP.

https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from multidict import CIMultiDict

from rehearsal.edge import headers
from rehearsal.edge.gateway.mapping import Message, looked_up
from rehearsal.edge.gateway.onward import Answer
from rehearsal.edge.gateway.rest_call import RestCall
from rehearsal.edge.gateway.templates import Input, filled

JSON = "application/json"


class Unmapped(Exception):  # noqa: N818  an answer of the API, not a defect
    """A message for which nothing is declared.

    Args:
        status: what the client is told.
        message: what it reads.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def outgoing(call: RestCall) -> tuple[Message, bytes]:
    """Return the request to the integration.

    Raises:
        Unmapped: there is no template for its type.
        InvalidTemplate: the template cannot be filled in.
    """
    mapped = _mapped(call)
    whole = call.integration["type"] == "HTTP_PROXY"
    override: dict[str, Any] = {}
    body = call.body if whole else _templated(call, override)
    for kind, values in (override.get("requestOverride") or {}).items():
        mapped[kind].update({name: str(value) for name, value in values.items()})
    uri = urlsplit(call.integration["uri"])
    path = re.sub(
        r"\{([^}]+)\}", lambda found: quote(mapped["path"].get(found[1], ""), safe="/%:@!$&'()*+,;=~"), uri.path
    )
    query = _query(call.request.query if whole else "", mapped["querystring"])
    message = Message(_headers(call, mapped["header"], whole=whole), path or "/", query)
    message.headers["Host"] = uri.netloc.removesuffix(":443")
    return message, body


def _mapped(call: RestCall) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    for target, source in (call.integration.get("requestParameters") or {}).items():
        kind, _, name = target.removeprefix("integration.request.").partition(".")
        value = call.value(source)
        if value:
            found[kind][name] = value
    return found


def _templated(call: RestCall, override: dict[str, Any]) -> bytes:
    templates = call.integration.get("requestTemplates") or {}
    kind = call.request.headers.get("Content-Type", JSON).partition(";")[0].strip()
    if kind not in templates:
        strict = call.integration["passthroughBehavior"]
        if strict == "NEVER" or (strict == "WHEN_NO_TEMPLATES" and templates):
            raise Unmapped(415, "Unsupported Media Type")
        return call.body
    override.update(call.told(), requestOverride={"header": {}, "path": {}, "querystring": {}})
    given = Input(call.body.decode(errors="replace"), call.given())
    return filled(templates[kind], given, override, call.stage.variables).encode()


def _query(sent: str, mapped: Mapping[str, str]) -> str:
    added = urlencode(mapped)
    return "&".join(part for part in (sent, added) if part)


def _headers(call: RestCall, mapped: Mapping[str, str], *, whole: bool) -> CIMultiDict[str]:
    sent = headers.to_client(call.request.headers)
    kept = sent if whole else CIMultiDict({name: sent.get(name, JSON) for name in ("Accept", "Content-Type")})
    for name in ("Content-Length", "Expect", "x-api-key"):
        kept.popall(name, None)
    kept.setdefault("User-Agent", f"AmazonAPIGateway_{call.api}")
    before = call.request.headers.get("X-Forwarded-For", "")
    kept["X-Forwarded-For"] = ", ".join(one for one in (before, call.request.source) if one)
    kept["X-Amzn-Trace-Id"] = headers.trace_id(call.request.headers.get("X-Amzn-Trace-Id", ""))
    kept.update(mapped)
    return kept


def incoming(call: RestCall, answer: Answer) -> tuple[int, CIMultiDict[str], bytes]:
    """Return status, headers and body of the answer to the client.

    Raises:
        Unmapped: no response is declared for the status.
        InvalidTemplate: the template cannot be filled in.
    """
    if call.integration["type"] == "HTTP_PROXY":
        return answer.status, answer.headers, answer.body
    status, declared = _declared(call.integration.get("integrationResponses") or {}, answer.status)
    told: CIMultiDict[str] = CIMultiDict({"Content-Type": JSON})
    for target, source in (declared.get("responseParameters") or {}).items():
        value = _answered(call, answer, source)
        if value:
            told[target.removeprefix("method.response.header.")] = value
    templates = declared.get("responseTemplates") or {}
    kind = answer.headers.get("Content-Type", JSON).partition(";")[0].strip()
    if kind not in templates:
        return status, told, answer.body
    context = {**call.told(), "responseOverride": {"header": {}}}
    given = Input(answer.body.decode(errors="replace"), call.given())
    body = filled(templates[kind], given, context, call.stage.variables).encode()
    override = context["responseOverride"]
    told.update({name: str(value) for name, value in override["header"].items()})
    return int(override.get("status", status)), told, body


def _declared(responses: Mapping[str, Any], status: int) -> tuple[int, Mapping[str, Any]]:
    for code, one in responses.items():
        if one.get("selectionPattern") and re.fullmatch(one["selectionPattern"], str(status)):
            return int(code), one
    default = next(((int(code), one) for code, one in responses.items() if not one.get("selectionPattern")), None)
    if default is None:
        raise Unmapped(500, "Internal server error")
    return default


def _answered(call: RestCall, answer: Answer, source: str) -> str:
    name = source.removeprefix("integration.response.header.")
    if name != source:
        return answer.headers.get(name, "")
    return source[1:-1] if source.startswith("'") else looked_up(call.told(), source.removeprefix("context."))
