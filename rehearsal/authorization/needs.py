"""What a call needs to be allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from moto.core.utils import get_service_model

from rehearsal.authorization.reference import known, operations
from rehearsal.authorization.resources import resources, tagged

_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/(?!aws-service-role/)\S+")
_KEY = re.compile(r"arn:[\w-]+:kms:\S+:key/\S+")

#: Names that calls have for the tags of what they create.
TAGS = ("Tags", "tags", "TagList", "BackupPlanTags", "BackupVaultTags", "ResourceTags")
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
RECORD_NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
#: How operations begin that name tags and give none.
REMOVING = ("Delete", "Remove", "Untag")
DESCRIBE_ALARMS = "cloudwatch:DescribeAlarms"
#: Calls that nobody has to be allowed. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
FREE = {("sts", "GetCallerIdentity")}
#: The resource of an action that actions.yml does not have; no policy allows it.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Need:
    """One action on one resource.

    Attributes:
        action: with its service's prefix.
        resource: an ARN or ``*``.
        context: what conditions may ask of the request, by condition key.
        refuses: a call without it is refused; otherwise its answer leaves something out.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    refuses: bool = True


def needs(
    service: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str], trusted: Mapping[str, str]
) -> Iterator[Need]:
    """Yield what a call needs, from its parameters.

    Args:
        service: boto3's name.
        operation: the API's name.
        params: by the API's names.
        place: ``Partition``, ``Region`` and ``Account``.
        trusted: by role ARN, the service that the role is for.
    """
    if (service, operation) in FREE:
        return
    special = operations()
    prefix = special["prefixes"].get(service, service)
    params = _with_tables(params)
    tags = _tags(params)
    context = {**{f"aws:RequestTag/{key}": (value,) for key, value in tags.items()}, "aws:TagKeys": tuple(tags)}
    context.update(_asked(operation, params))
    if operation == "CreateServiceLinkedRole":
        yield _linked_role(
            f"arn:{place['Partition']}:iam::{place['Account']}:role/aws-service-role/{params['AWSServiceName']}/*"
        )
        return
    for action, arn in _acted(service, operation, params, place):
        yield Need(action, arn, context)
    yield from _shown(service, operation, params)
    tagging = special["tag_actions"].get(service)
    if tags and tagging and tagging != operation and not operation.startswith(REMOVING):
        yield from _tagging(f"{prefix}:{tagging}", operation, params, place, context)
    if service not in {"iam", "sts"}:
        yield from _passed(params, trusted)
    yield from _through(service, operation, params, place)


def _shown(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    """Yield what an answer depends on: composite alarms are shown to who may describe all alarms.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    related = {"ChildrenOfAlarmName", "ParentsOfAlarmName"} & params.keys()
    kinds = params.get("AlarmTypes") or (["CompositeAlarm"] if related else [])
    if (service, operation) == ("cloudwatch", "DescribeAlarms") and "CompositeAlarm" in kinds:
        yield Need(DESCRIBE_ALARMS, "*", refuses=False)


def _acted(
    service: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield actions and resources; of API Gateway they are HTTP's methods and the paths."""
    special = operations()
    prefix = special["prefixes"].get(service, service)
    if service in {"apigateway", "apigatewayv2"}:
        model = get_service_model(service).operation_model(operation)
        yield f"{prefix}:{model.http['method']}", _path(model, params, place)
        return
    for name in special["names"].get(service, {}).get(operation, [operation]):
        for arn in _resources(f"{prefix}:{name}", operation, params, place):
            yield f"{prefix}:{name}", arn


def _path(model: Any, params: Mapping[str, Any], place: Mapping[str, str]) -> str:
    members = model.input_shape.members.items() if model.input_shape else ()
    labels = {one.serialization["name"]: name for name, one in members if one.serialization.get("location") == "uri"}
    path = model.http["requestUri"].partition("?")[0].removeprefix("/v2")
    for label, name in labels.items():
        path = path.replace(f"{{{label}}}", quote(params[name], safe="$"))
    return f"arn:{place['Partition']}:apigateway:{place['Region']}::{path}"


def _asked(operation: str, params: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that some services read from the request."""
    if operation in {"AttachRolePolicy", "DetachRolePolicy"}:
        return {"iam:PolicyARN": (params["PolicyArn"],)}
    if operation == "ChangeResourceRecordSets":
        changed = [one["ResourceRecordSet"]["Name"] for one in params["ChangeBatch"]["Changes"]]
        return {RECORD_NAMES: tuple(sorted({name.lower().rstrip(".") for name in changed}))}
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
    return {f"kms:EncryptionContext:{key}": (value,) for key, value in (params.get("EncryptionContext") or {}).items()}


def _linked_role(arn: str) -> Need:
    """Return the need to make a service's own role, whose path names the service."""
    return Need("iam:CreateServiceLinkedRole", arn, {"iam:AWSServiceName": (arn.split("/")[2],)})


def _with_tables(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name the tables of a transaction where those of a batch stand."""
    tables = {one["TableName"] for item in params.get("TransactItems", ()) for one in item.values()}
    return {**params, "RequestItems": dict.fromkeys(sorted(tables))} if tables else params


def _resources(action: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str]) -> set[str]:
    return resources(action, operation, params, place) if known(action) else {UNKNOWN}


def _tagging(
    action: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str], context: Mapping[str, Any]
) -> Iterator[Need]:
    if action == "ec2:CreateTags":
        kinds = [one["ResourceType"] for one in params["TagSpecifications"]]
        arns = {f"arn:{place['Partition']}:ec2:{place['Region']}:{place['Account']}:{kind}/*" for kind in kinds}
    else:
        arns = tagged(action, operation, params, place) if known(action) else {UNKNOWN}
    for arn in arns:
        yield Need(action, arn, {**context, "ec2:CreateAction": (operation,)})


def _passed(params: Mapping[str, Any], trusted: Mapping[str, str]) -> Iterator[Need]:
    for text in set(_leaves(params)):
        if _ROLE.fullmatch(text) and text in trusted:
            yield Need("iam:PassRole", text, {"iam:PassedToService": (trusted[text],)})


def _through(service: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str]) -> Iterator[Need]:
    special = operations()
    via = {"kms:ViaService": (f"{special['prefixes'].get(service, service)}.{place['Region']}.amazonaws.com",)}
    keys = {text for text in _leaves(params) if _KEY.fullmatch(text)}
    for action in special["keys"].get(service, {}).get(operation, []):
        granted = {"kms:GrantIsForAWSResource": ("true",)} if action == "kms:CreateGrant" else {}
        for arn in keys:
            yield Need(action, arn, {**via, **granted})
    others = special["others"].get(service, {})
    for name in (operation, *(f"{operation} {parameter}" for parameter in params)):
        for action, told, *about in others.get(name, []):
            if about and not any(about[0] in text for text in _leaves(params)):
                continue
            arn = told.format_map({**params, "region": place["Region"], "account": place["Account"]})
            yield _linked_role(arn) if action == "iam:CreateServiceLinkedRole" else Need(action, arn, {})


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value


def _tags(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a request, in whatever form its service takes them."""
    found: Any = next((params[name] for name in TAGS if params.get(name)), [])
    specifications = params.get("TagSpecifications") or []
    if not found and specifications:
        found = [tag for one in specifications for tag in one.get("Tags", [])]
    if isinstance(found, Mapping):
        found = found.get("Items", [{"Key": key, "Value": value} for key, value in found.items()])
    pairs = [{key.lower(): value for key, value in tag.items()} for tag in found if isinstance(tag, Mapping)]
    return {str(tag.get("key", tag.get("tagkey"))): str(tag.get("value", tag.get("tagvalue", ""))) for tag in pairs}
