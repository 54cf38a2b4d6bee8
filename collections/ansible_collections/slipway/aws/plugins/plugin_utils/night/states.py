"""Parts of state machines that look, choose, call and wait, in Amazon's States Language with JSONPath.

No path may lead to nothing, which ends an execution: whether something is there is asked first, by :func:`present`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

State = dict[str, Any]
SDK = "arn:${cloud.current.partition}:states:::aws-sdk"
DONE: State = {"Type": "Succeed"}


def task(integration: str, parameters: State, result: str | None, then: str) -> State:
    """Return a state that makes a call, six times within a minute.

    Args:
        integration: service and action, as Step Functions names them.
        parameters: of the call.
        result: path of its answer; ``None`` to forget it.
        then: the next state.
    """
    again = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 2.0}
    call = {"Type": "Task", "Resource": f"{SDK}:{integration}", "Parameters": parameters, "Retry": [again]}
    return {**call, "ResultPath": result, "Next": then}


def unless(error: str, then: str, state: State) -> State:
    """Return a task that leads elsewhere, at once, when its call ends with this error."""
    never = {"ErrorEquals": [error], "MaxAttempts": 0}
    caught = {"ErrorEquals": [error], "ResultPath": None, "Next": then}
    return {**state, "Retry": [never, *state["Retry"]], "Catch": [caught]}


def choice(default: str, *rules: tuple[State, str]) -> State:
    """Return a state that goes where the first rule that holds says, else to ``default``."""
    return {"Type": "Choice", "Choices": [{**rule, "Next": then} for rule, then in rules], "Default": default}


def present(path: str) -> State:
    """Return the rule that there is something at a path."""
    return {"Variable": path, "IsPresent": True}


def equals(path: str, text: str) -> State:
    """Return the rule that there is this text at a path."""
    return {"And": [present(path), {"Variable": path, "StringEquals": text}]}


def noted(parameters: State, result: str, then: str) -> State:
    """Return a state that computes."""
    return {"Type": "Pass", "Parameters": parameters, "ResultPath": result, "Next": then}


def pause(seconds: int, then: str) -> State:
    """Return a state that waits."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}


def each(items: str, selector: State, states: Mapping[str, State], then: str) -> State:
    """Return a state that does the same with every item, four at a time; the first of ``states`` begins."""
    done = {"Type": "Map", "ItemsPath": items, "MaxConcurrency": 4, "ItemSelector": selector}
    inner = {"StartAt": next(iter(states)), "States": dict(states)}
    return {**done, "ItemProcessor": inner, "ResultPath": None, "Next": then}


def pages(what: str, call: tuple[str, State], loops: Mapping[str, State], then: str) -> dict[str, State]:
    """Return the states that list something, page by page.

    Args:
        what: names what is listed, and so the states; the first is ``List <what>``.
        call: integration and parameters, see :func:`task`; a page is at ``$.page``.
        loops: by name what happens to each page, one after the other; their ``Next`` is set here.
        then: the next state after the last page.
    """
    integration, parameters = call
    names = [*loops, f"Are there more {what}"]
    more = {"And": [present("$.page.NextToken"), {"Variable": "$.page.NextToken", "IsString": True}]}
    following = {**parameters, "NextToken.$": "$.page.NextToken"}
    return {
        f"List {what}": task(integration, parameters, "$.page", names[0]),
        **{name: {**loops[name], "Next": after} for name, after in zip(loops, names[1:], strict=True)},
        names[-1]: choice(then, (more, f"List more {what}")),
        f"List more {what}": task(integration, following, "$.page", names[0]),
    }
