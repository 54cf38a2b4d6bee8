"""moto's interpreter of the Amazon States Language, made to act on this cloud as Step Functions acts on AWS.

Calls go through our own API, so that whatever watches it sees them, and only if the role may make them. Waits and
retries take virtual time. The times it tells are this machine's: they are compared with times that clients wrote.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations.is_operator import (
    IsTimestamp,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk as aws_sdk
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend import execution_worker

from rehearsal.tasks.permissions import may
from rehearsal.world import ITSELF, World

#: Names that Step Functions has for services, where they are not boto3's.
BOTO3_NAMES = {"elasticloadbalancingv2": "elbv2"}
Params = dict[str, Any]
#: Action, resource, and what conditions may look at.
Needs = list[tuple[str, str, dict[str, str]]]


def _table(world: World, region: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{region}:{world.account}:table/{name}"


def _item(action: str) -> Callable[[World, str, Params], Needs]:
    return lambda world, region, params: [_of_item(world, region, action, params)]


def _of_item(world: World, region: str, action: str, params: Params) -> tuple[str, str, dict[str, str]]:
    """Return what a call about one item needs; its first key is what policies may be limited to."""
    key: dict[str, Any] = next(iter(params.get("Key", {}).values()), {})
    leading = {"dynamodb:LeadingKeys": str(next(iter(key.values())))} if key else {}
    return f"dynamodb:{action}", _table(world, region, params["TableName"]), leading


def _transaction(world: World, region: str, params: Params) -> Needs:
    actions = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    return [
        _of_item(world, region, actions[kind], one) for entry in params["TransactItems"] for kind, one in entry.items()
    ]


def _service(world: World, region: str, params: Params) -> Needs:
    cluster, service = params.get("Cluster", "default").rsplit("/", 1)[-1], params["Service"].rsplit("/", 1)[-1]
    return [("ecs:UpdateService", f"arn:aws:ecs:{region}:{world.account}:service/{cluster}/{service}", {})]


#: Calls that a task may make, each with the actions and resources that its role must be allowed.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
INTEGRATIONS: dict[str, Callable[[World, str, Params], Needs]] = {
    "dynamodb:getItem": _item("GetItem"),
    "dynamodb:putItem": _item("PutItem"),
    "dynamodb:updateItem": _item("UpdateItem"),
    "dynamodb:deleteItem": _item("DeleteItem"),
    "dynamodb:transactWriteItems": _transaction,
    "elasticloadbalancingv2:describeRules": lambda *_: [("elasticloadbalancing:DescribeRules", "*", {})],
    "elasticloadbalancingv2:modifyRule": lambda _world, _region, params: [
        ("elasticloadbalancing:ModifyRule", params["RuleArn"], {})
    ],
    "ecs:updateService": _service,
}


class _Utc(datetime):
    """A time that is written as Step Functions writes it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _Utc:
        return super().now(tz)

    def isoformat(self, sep: str = "T", timespec: str = "milliseconds") -> str:
        return super().isoformat(sep, timespec).replace("+00:00", "Z")


def install(world: World) -> None:
    """Have state machines of this process run, on ``world``.

    A definition is parsed once: it takes a tenth of a second, and a scaled clock runs one every minute.
    """
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    aws_sdk._SERVICE_ERROR_NAMES.update({"elasticloadbalancingv2": "ElasticLoadBalancingV2", "ecs": "Ecs"})  # noqa: SLF001
    aws_sdk.StateTaskServiceAwsSdk._eval_service_task = _caller(world)  # noqa: SLF001
    retrier_decl.time = SimpleNamespace(sleep=world.clock.sleep)
    WaitFunction._wait_interval = _waiter(world)  # noqa: SLF001
    execution_worker.AmazonStateLanguageParser = SimpleNamespace(parse=cache(AmazonStateLanguageParser.parse))
    state.datetime = SimpleNamespace(datetime=_Utc, timezone=SimpleNamespace(utc=UTC))
    IsTimestamp.string_to_timestamp = staticmethod(_timestamp)


def _waiter(world: World) -> Callable[..., None]:
    """Return the method that waits in a Wait state, until the time is over or the execution is stopped."""

    def wait(self: Any, env: Any, wait_seconds: float) -> None:
        del self
        env.program_state_event.wait(world.clock.real(wait_seconds))

    return wait


def _timestamp(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _caller(world: World) -> Callable[..., None]:
    """Return the method that makes the call of a task state."""

    # Named as in the method that it replaces, which is called with keywords.
    def call(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Params, state_credentials: Any
    ) -> None:
        resource, region = self.resource, resource_runtime_part.region
        role = state_credentials.role_arn if state_credentials else env.aws_execution_details.role_arn
        needs = INTEGRATIONS[f"{resource.api_name}:{resource.api_action}"]
        for action, arn, context in needs(world, region, normalised_parameters):
            _authorize(world, role, action, arn, context)
        service = BOTO3_NAMES.get(resource.api_name, resource.api_name)
        client = world.boto(service, region, key=ITSELF)
        answer = getattr(client, xform_name(resource.api_action))(**normalised_parameters)
        answer.pop("ResponseMetadata", None)
        env.stack.append(answer)

    return call


def _authorize(world: World, role: str, action: str, arn: str, context: dict[str, str]) -> None:
    if may(world, role, action, arn, context):
        return
    user = f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/states"
    text = f"User: {user} is not authorized to perform: {action} on resource: {arn}"
    metadata: Any = {"HTTPStatusCode": 400, "RequestId": str(uuid.uuid4())}
    error: Any = {"Code": "AccessDeniedException", "Message": text}
    raise ClientError({"Error": error, "ResponseMetadata": metadata}, action)
