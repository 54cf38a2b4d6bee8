"""Between bytes and dictionaries, in every protocol of the AWS API."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.parsers import create_parser
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

#: Signing names that differ from boto3's names.
BOTO3_NAMES = {
    "access-analyzer": "accessanalyzer",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "email": "ses",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
#: How paths of S3's calls about accounts begin; they are signed as those about buckets are.
OF_ACCOUNTS = "/v20180820/"
#: How paths of API Gateway's second API begin; its calls are signed as those of the first are.
SECOND_API = "/v2/"
#: Paths of AppConfig's data plane; its calls are signed as those of AppConfig are.
OF_DATA = ("/configuration", "/configurationsessions")


@dataclass
class Wire:
    """A request that was understood.

    Attributes:
        service: boto3's name.
        region: from the signature.
        model: botocore's operation model.
        protocol: of this request.
        params: parsed, by the API's own names.
        body: as received.
        key: access key that signed it.
    """

    service: str
    region: str
    model: Any
    protocol: str
    params: dict[str, Any]
    body: bytes
    key: str = ""

    @property
    def operation(self) -> str:
        """The API operation's name."""
        return str(self.model.name)


def understand(environ: dict[str, Any]) -> Wire | None:
    """Parse a WSGI request; ``None`` when it is no signed call of a known operation (moto answers it then)."""
    signed = _signature(environ.get("HTTP_AUTHORIZATION", ""))
    if signed is None:
        return None
    key, region, name = signed
    service = BOTO3_NAMES.get(name, name)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if environ["PATH_INFO"].startswith(OF_ACCOUNTS):
        service, environ = "s3control", _named_by_account(environ)
    if service == "apigateway" and environ["PATH_INFO"].startswith(SECOND_API):
        service = "apigatewayv2"
    if service == "appconfig" and environ["PATH_INFO"] in OF_DATA:
        service = "appconfigdata"
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    request.get_data()
    try:
        service_model = get_service_model(service)
        operation_model, labels = get_service_router(service).match(request)
    except (NotFound, NotImplementedError, KeyError, ValueError, UnknownServiceError):
        return None
    protocol = determine_request_protocol(service_model, request.content_type)
    parsed = PROTOCOL_PARSERS[protocol](operation_model, map_type=dict).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": body,
            "url_path": request.path,
            "url_params": labels,
        }
    )
    return Wire(service, region, operation_model, protocol, parsed or {}, body, key)


def _named_by_account(environ: dict[str, Any]) -> dict[str, Any]:
    """Return a call about an account as it looks where host names are names: with the account's number before them."""
    return {**environ, "HTTP_HOST": f"{environ.get('HTTP_X_AMZ_ACCOUNT_ID', '')}.s3-control.amazonaws.com"}


def _signature(header: str) -> tuple[str, str, str] | None:
    """Return access key, region and signing name of an AWS Signature Version 4 header."""
    if "Credential=" not in header:
        return None
    scope = header.split("Credential=", 1)[1].split(",", maxsplit=1)[0].split("/")
    return (scope[0], scope[-3], scope[-2]) if len(scope) >= 5 else None  # noqa: PLR2004  key/date/region/service/aws4_request


@cache
def _response_parser(protocol: str) -> Any:
    return create_parser(protocol)


def parse_response(wire: Wire, status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Return a response as boto3 would."""
    raw = {"status_code": status, "headers": {k.lower(): v for k, v in headers.items()}, "body": body, "context": {}}
    parsed: dict[str, Any] = _response_parser(wire.protocol).parse(raw, wire.model.output_shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def serialize(wire: Wire, result: Any) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body for a result, or for an exception with ``code`` and ``message``."""
    serializer = get_serializer_class(wire.service, wire.protocol)(operation_model=wire.model)
    answer = serializer.serialize(result)
    body = answer["body"]
    return int(answer["status_code"]), dict(answer["headers"]), body.encode() if isinstance(body, str) else body
