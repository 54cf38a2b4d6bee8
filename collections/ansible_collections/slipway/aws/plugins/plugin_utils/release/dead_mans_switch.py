"""The dead man's switch: puts traffic back where it is safe when the run that shifts it has died.

EventBridge Scheduler starts a state machine every minute. It reads two items of the environment's lease table::

    id     switch#<service>         what the release keeps up to date
    fence  number                   of the lease under which it was written
    safe   text                     JSON: a list of {"RuleArn", "Actions"}, as ModifyRule takes them
    fired  text                     when the switch last put traffic back

    id     lease#release/<service>  see lease_store

Without ``safe``, or while the lease is held, nothing happens. Otherwise the switch takes the lease itself, as it was
read, with the next fencing number, so that whoever wakes up late may write no more. Both items get that number in one
transaction: an execution that fails half-way is finished by the next. Then it sets the rules, reads them back, and
gives the lease back. A lease that somebody took after the switch was armed, and let end without arming it anew, is no
exception: whoever that was died before the first shift, and what was safe still is.

States: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from typing import Any

from ..lease_store import SWITCH as RUN

State = dict[str, Any]

#: Begin the keys of both items; the service's name follows.
LEASE, SWITCH = "lease#release/", "switch#"
PREFIXES = {"lease": LEASE, "switch": SWITCH}
SDK = "arn:${cloud.current.partition}:states:::aws-sdk"
#: Refused transactions say that the lease was renewed, taken or given back since it was read.
LOST_RACE = ["DynamoDb.TransactionCanceledException"]
#: A rule that was removed has no traffic to put back.
GONE = ["ElasticLoadBalancingV2.RuleNotFoundException"]
NOTHING = "Nothing to do"


def switch_key(service: str) -> dict[str, str]:
    """Return the key of a service's switch in the lease table, as plain data."""
    return {"id": f"{SWITCH}{service}"}


def state_machine(table: str) -> dict[str, Any]:
    """Return the definition of the state machine, one for all services of an environment.

    Its input is ``{"service": "web"}``.

    Args:
        table: name of the lease table.

    Returns:
        Amazon States Language, in JSONPath, as a property of a resource: with references.
    """
    return {
        "Comment": "Puts traffic back where it is safe when the run that shifts it has died",
        "StartAt": "Read the switch",
        "States": {**_reading(table), "Is it held": _held(), **_acting(table), NOTHING: {"Type": "Succeed"}},
    }


def permissions(table_arn: str, rule_arns: list[str]) -> dict[str, Any]:
    """Return the policy that the state machine's role needs.

    Args:
        table_arn: of the lease table.
        rule_arns: the rules it may set, or patterns of them.
    """
    keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{LEASE}*", f"{SWITCH}*"]}}
    statements = [
        _allow("ReadAndTakeLeases", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [table_arn]) | {"Condition": keys},
        _allow("SetWeights", ["elasticloadbalancing:ModifyRule"], rule_arns),
        _allow("ReadThemBack", ["elasticloadbalancing:DescribeRules"], ["*"]),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _reading(table: str) -> dict[str, State]:
    seen = {"now.$": "$$.State.EnteredTime", "rules.$": "States.StringToJson($.switch.Item.safe.S)"}
    return {
        "Read the switch": _read(table, "switch", "Is it armed"),
        "Is it armed": _choice([_present("$.switch.Item.safe.S")], "Read the lease"),
        "Read the lease": _read(table, "lease", "Note the time"),
        "Note the time": {"Type": "Pass", "Parameters": seen, "ResultPath": "$.seen", "Next": "Is it held"},
    }


def _held() -> State:
    # A run that died gives its lease back at its end if its keeper outlives it; its switch is armed all the same.
    given_back = {"Variable": "$.lease.Item.until.S", "IsPresent": False}
    expired = {"Variable": "$.lease.Item.until.S", "TimestampLessThanPath": "$.seen.now"}
    return _choice([given_back, expired], "Take the lease")


def _acting(table: str) -> dict[str, State]:
    rules = {"StartAt": "Set the rule", "States": _setting()}
    put_back = {"Type": "Map", "ItemsPath": "$.seen.rules", "MaxConcurrency": 1, "ItemProcessor": rules}
    return {
        "Take the lease": _transaction(_take(table), "Put traffic back"),
        "Put traffic back": {**put_back, "ResultPath": None, "Next": "Give the lease back"},
        "Give the lease back": _transaction(_give_back(table), NOTHING),
    }


def _setting() -> dict[str, State]:
    groups = "Actions[*].ForwardConfig.TargetGroups[?(@.Weight > 0)].TargetGroupArn"
    same = {"Variable": "$.told.shown", "StringEqualsPath": "$.told.wanted", "Next": "It is set"}
    told = {"wanted.$": f"States.JsonToString($.{groups})", "shown.$": f"States.JsonToString($.read.Rules[0].{groups})"}
    return {
        "Set the rule": {
            **_task("elasticloadbalancingv2:modifyRule", {"RuleArn.$": "$.RuleArn", "Actions.$": "$.Actions"}, GONE),
            "Catch": [{"ErrorEquals": GONE, "ResultPath": None, "Next": "It is set"}],
            "ResultPath": None,
            "Next": "Read it back",
        },
        "Read it back": {
            **_task("elasticloadbalancingv2:describeRules", {"RuleArns.$": "States.Array($.RuleArn)"}),
            "ResultPath": "$.read",
            "Next": "Find who gets traffic",
        },
        "Find who gets traffic": {"Type": "Pass", "Parameters": told, "ResultPath": "$.told", "Next": "Is it set"},
        "Is it set": {"Type": "Choice", "Choices": [same], "Default": "It is not set"},
        "It is not set": {"Type": "Fail", "Error": "RuleDiffers", "Cause": "a rule does not show what was set"},
        "It is set": {"Type": "Succeed"},
    }


def _take(table: str) -> list[State]:
    """Take the lease as it was read, and note its next number in both items, unless the switch was armed since."""
    holder = {"user": {"S": "dead man's switch"}, "machine": {"S": "AWS Step Functions"}, "boot": {"S": ""}}
    holder |= {"pid": {"S.$": "$$.Execution.Name"}, "started": {"S": ""}, "since": {"S.$": "$.seen.now"}}
    free = "#fence = :fence AND (attribute_not_exists(#until) OR #until < :now)"
    number = {":fence": {"N.$": "$.lease.Item.fence.N"}, ":one": {"N": "1"}}
    armed = {":armed": {"N.$": "$.switch.Item.fence.N"}}
    held = {":run": _run(), ":holder": {"M": holder}, ":now": {"S.$": "$.seen.now"}}
    taken = "SET #run = :run, #holder = :holder, #fence = :fence + :one REMOVE #until"
    return [
        _update(table, "lease", taken, free, number | held),
        _update(
            table, "switch", "SET #fence = :fence + :one", "#fence = :armed AND attribute_exists(#safe)", number | armed
        ),
    ]


def _give_back(table: str) -> list[State]:
    """Give the lease back, and disarm the switch.

    Whichever execution has it: where they overlap, all of them set the same weights, and the first to have done it ends
    it for all.
    """
    own, fired = {":run": {"S": RUN}}, {":now": {"S.$": "$.seen.now"}}
    return [
        _update(table, "lease", "REMOVE #run, #holder", "begins_with(#run, :run)", own),
        _update(table, "switch", "SET #fired = :now REMOVE #safe", "attribute_exists(#safe)", fired),
    ]


def _run() -> dict[str, str]:
    return {"S.$": f"States.Format('{RUN} {{}}', $$.Execution.Name)"}


def _update(table: str, kind: str, expression: str, condition: str, values: State) -> State:
    names = ("run", "until", "holder", "fence", "safe", "fired")
    return {
        "Update": {
            "TableName": table,
            "Key": _key(kind),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in names if f"#{name}" in expression + condition},
            "ExpressionAttributeValues": values,
        }
    }


def _key(kind: str) -> State:
    return {"id": {"S.$": f"States.Format('{PREFIXES[kind]}{{}}', $.service)"}}


def _transaction(items: list[State], then: str) -> State:
    """Return a state that does all or nothing; ``Nothing to do`` follows when somebody was faster."""
    return {
        **_task("dynamodb:transactWriteItems", {"TransactItems": items}, LOST_RACE),
        "Catch": [{"ErrorEquals": LOST_RACE, "ResultPath": None, "Next": NOTHING}],
        "ResultPath": None,
        "Next": then,
    }


def _present(path: str) -> State:
    return {"Variable": path, "IsPresent": True}


def _choice(conditions: list[State], then: str) -> State:
    """Return a state that goes on when one of the conditions holds, and else has nothing to do."""
    return {"Type": "Choice", "Choices": [{**one, "Next": then} for one in conditions], "Default": NOTHING}


def _task(integration: str, parameters: State, final: list[str] | None = None) -> State:
    """Return a state that makes a call, six times within a minute but for errors that are ``final``."""
    again = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 2.0}
    never = [{"ErrorEquals": final, "MaxAttempts": 0}] if final else []
    return {"Type": "Task", "Resource": f"{SDK}:{integration}", "Parameters": parameters, "Retry": [*never, again]}


def _read(table: str, kind: str, then: str) -> State:
    parameters = {"TableName": table, "Key": _key(kind), "ConsistentRead": True}
    return {**_task("dynamodb:getItem", parameters), "ResultPath": f"$.{kind}", "Next": then}
