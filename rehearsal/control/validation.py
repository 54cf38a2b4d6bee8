"""Parameters against the API's own model: types, required ones, lengths, ranges, choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.validate import ParamValidator

#: By boto3's name of the service; https://docs.aws.amazon.com/ has them on each service's page of common errors.
_CODES = {
    "acm-pca": "InvalidArgsException",
    "apigatewayv2": "BadRequestException",
    "application-autoscaling": "ValidationException",
    "cloudwatch": "InvalidParameterValue",
    "ec2": "InvalidParameterValue",
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "elbv2": "ValidationError",
    "iam": "ValidationError",
    "logs": "InvalidParameterException",
    "rds": "InvalidParameterValue",
    "route53": "InvalidInput",
    "s3": "MalformedXML",
    "secretsmanager": "InvalidParameterException",
    "sns": "InvalidParameter",
    "wafv2": "WAFInvalidParameterException",
}


def invalid_parameter(service: str, *, json: bool) -> str:
    """Return the code a service answers with.

    Args:
        service: boto3's name.
        json: whether it speaks a JSON protocol.
    """
    return _CODES.get(service, "ValidationException" if json else "ValidationError")


def mistakes(shape: Any, params: dict[str, Any]) -> str:
    """Return what is wrong with the parameters of an operation, empty when nothing is.

    Args:
        shape: botocore's input shape; ``None`` when there are no parameters.
        params: by the API's own names.
    """
    if shape is None:
        return ""
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        return str(report.generate_report())
    return "; ".join(_beyond(shape, params, ""))


def _beyond(shape: Any, value: Any, where: str) -> Iterator[str]:
    """Yield what botocore leaves to the service: unknown choices, and values that are too large or too long."""
    kind = shape.type_name
    if kind == "structure":
        for name, inner in value.items():
            yield from _beyond(shape.members[name], inner, f"{where}.{name}" if where else name)
    elif kind == "list":
        for inner in value:
            yield from _beyond(shape.member, inner, where)
    elif kind == "map":
        for inner in value.values():
            yield from _beyond(shape.value, inner, where)
    choices = getattr(shape, "enum", None)
    if choices and value not in choices:
        yield f"Value '{value}' at '{where}' must satisfy enum value set: [{', '.join(choices)}]"
    highest = shape.metadata.get("max")
    if highest is not None and _size(kind, value) > highest:
        what = "" if kind in NUMBERS else " length"
        yield f"Value '{value}' at '{where}' must have{what} less than or equal to {highest}"


NUMBERS = ("integer", "long", "float", "double")


def _size(kind: str, value: Any) -> float:
    if kind in NUMBERS:
        return float(value)
    return len(value) if kind in {"string", "list", "map", "blob"} else 0
