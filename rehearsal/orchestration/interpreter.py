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
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.backend import execution_worker

from rehearsal.orchestration.casing import cased, from_api, to_api
from rehearsal.orchestration.paths import path
from rehearsal.tasks.permissions import may
from rehearsal.world import ITSELF, World

#: Names that Step Functions has for services, where they are not boto3's.
BOTO3_NAMES = {"elasticloadbalancingv2": "elbv2", "applicationautoscaling": "application-autoscaling"}
#: Names that its errors begin with, where they are not the services' own.
ERROR_NAMES = {
    "applicationautoscaling": "ApplicationAutoScaling",
    "cloudwatch": "CloudWatch",
    "ecs": "Ecs",
    "elasticloadbalancingv2": "ElasticLoadBalancingV2",
    "rds": "Rds",
}
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


def _services(action: str) -> Callable[[World, str, Params], Needs]:
    def needs(world: World, region: str, params: Params) -> Needs:
        cluster = params.get("cluster", "default").rsplit("/", 1)[-1]
        names = params.get("services") or [params["service"]]
        place = f"arn:aws:ecs:{region}:{world.account}:service/{cluster}"
        return [(f"ecs:{action}", f"{place}/{name.rsplit('/', 1)[-1]}", {}) for name in names]

    return needs


def _database(action: str) -> Callable[[World, str, Params], Needs]:
    return lambda world, region, params: [
        (f"rds:{action}", f"arn:aws:rds:{region}:{world.account}:db:{params['DBInstanceIdentifier']}", {})
    ]


def _alarms(action: str) -> Callable[[World, str, Params], Needs]:
    return lambda world, region, params: [
        (f"cloudwatch:{action}", f"arn:aws:cloudwatch:{region}:{world.account}:alarm:{name}", {})
        for name in params.get("AlarmNames") or [params["AlarmName"]]
    ]


def _target(world: World, region: str, params: Params) -> Needs:
    """Return what a scalable target needs; AWS does not say its id before it is made."""
    arn = f"arn:aws:application-autoscaling:{region}:{world.account}:scalable-target/any"
    context = {"application-autoscaling:service-namespace": params["ServiceNamespace"]}
    return [("application-autoscaling:RegisterScalableTarget", arn, context)]


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
    "ecs:describeServices": _services("DescribeServices"),
    "ecs:listServices": lambda *_: [("ecs:ListServices", "*", {})],
    "ecs:updateService": _services("UpdateService"),
    "applicationautoscaling:describeScalableTargets": lambda *_: [
        ("application-autoscaling:DescribeScalableTargets", "*", {})
    ],
    "applicationautoscaling:registerScalableTarget": _target,
    "cloudwatch:describeAlarms": lambda _world, region, _params: [
        ("cloudwatch:DescribeAlarms", "*", {"aws:RequestedRegion": region})
    ],
    "cloudwatch:disableAlarmActions": _alarms("DisableAlarmActions"),
    "cloudwatch:enableAlarmActions": _alarms("EnableAlarmActions"),
    "cloudwatch:setAlarmState": _alarms("SetAlarmState"),
    "rds:describeDBInstances": _database("DescribeDBInstances"),
    "rds:startDBInstance": _database("StartDBInstance"),
    "rds:stopDBInstance": _database("StopDBInstance"),
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
    json_path.parse = path
    aws_sdk._SERVICE_ERROR_NAMES.update(ERROR_NAMES)  # noqa: SLF001
    aws_sdk.StateTaskServiceAwsSdk._normalise_exception_name = staticmethod(_error_name)  # noqa: SLF001
    aws_sdk.StateTaskServiceAwsSdk._eval_service_task = _caller(world)  # noqa: SLF001
    retrier_decl.time = SimpleNamespace(sleep=world.clock.sleep)
    WaitFunction._wait_interval = _waiter(world)  # noqa: SLF001
    execution_worker.AmazonStateLanguageParser = SimpleNamespace(parse=cache(AmazonStateLanguageParser.parse))
    state.datetime = SimpleNamespace(datetime=_Utc, timezone=SimpleNamespace(utc=UTC))
    IsTimestamp.string_to_timestamp = staticmethod(_timestamp)


def _error_name(service: str, error: Exception) -> str:
    """Return an error's name as AWS's SDK for Java has it, which is what Step Functions tells."""
    name = type(error).__name__
    told = service if name == "ClientError" else cased(name)
    return f"{service}.{told.removesuffix('Fault').removesuffix('Exception')}Exception"


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
        client = world.boto(BOTO3_NAMES.get(resource.api_name, resource.api_name), region, key=ITSELF)
        method = xform_name(resource.api_action)
        shapes = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
        params = to_api(normalised_parameters, shapes.input_shape)
        for action, arn, context in INTEGRATIONS[f"{resource.api_name}:{resource.api_action}"](world, region, params):
            _authorize(world, role, action, arn, context)
        env.stack.append(from_api(getattr(client, method)(**params), shapes.output_shape))

    return call


def _authorize(world: World, role: str, action: str, arn: str, context: dict[str, str]) -> None:
    if may(world, role, action, arn, context):
        return
    user = f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/states"
    text = f"User: {user} is not authorized to perform: {action} on resource: {arn}"
    metadata: Any = {"HTTPStatusCode": 400, "RequestId": str(uuid.uuid4())}
    error: Any = {"Code": "AccessDeniedException", "Message": text}
    raise ClientError({"Error": error, "ResponseMetadata": metadata}, action)
