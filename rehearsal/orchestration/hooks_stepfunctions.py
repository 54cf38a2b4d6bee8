"""Step Functions: what AWS refuses of state machines, and what this cloud cannot run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.orchestration.interpreter import INTEGRATIONS
from rehearsal.tasks.permissions import role, trusts

PRINCIPAL = "states.amazonaws.com"
SDK = "arn:aws:states:::aws-sdk:"


@before("stepfunctions", "CreateStateMachine", "UpdateStateMachine")
def check_role(call: Call) -> None:
    """Refuse a role that Step Functions may not assume."""
    arn = call.params.get("roleArn")
    found = role(call.world, arn) if arn else None
    if arn and (found is None or not trusts(found, PRINCIPAL)):
        raise Refused(
            "AccessDeniedException",
            f"Neither the global service principal {PRINCIPAL}, nor the regional one is authorized to assume the "
            "provided role.",
        )


@before("stepfunctions", "CreateStateMachine", "UpdateStateMachine")
def check_definition(call: Call) -> None:
    """Refuse what is no definition, and states that this cloud would not run as AWS does."""
    if "definition" not in call.params:
        return
    definition = _parsed(call.params["definition"])
    for name, state in states(definition):
        if "JSONata" in {definition.get("QueryLanguage"), state.get("QueryLanguage")}:
            raise _invalid(f"the local cloud has no JSONata, only JSONPath; state {name} uses it")
        resource = state.get("Resource", "")
        if state["Type"] == "Task" and resource not in {f"{SDK}{one}" for one in INTEGRATIONS}:
            known = ", ".join(sorted(INTEGRATIONS))
            raise _invalid(f"state {name} calls {resource}; the local cloud has {SDK} with {known}")


def _parsed(text: str) -> dict[str, Any]:
    try:
        definition: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise _invalid(f"INVALID_JSON_DESCRIPTION: {error}") from None
    try:
        AmazonStateLanguageParser.parse(text)
    except Exception as error:  # noqa: BLE001  moto's parser raises what it likes, all of it about the text
        raise _invalid(f"SCHEMA_VALIDATION_FAILED: {error}") from None
    for place in machines(definition):
        _check_transitions(place)
    return definition


def _check_transitions(machine: dict[str, Any]) -> None:
    there = machine["States"]
    ways = [one for state in there.values() for one in (state, *state.get("Choices", []), *state.get("Catch", []))]
    for target in [machine["StartAt"], *(way[key] for way in ways for key in ("Next", "Default") if key in way)]:
        if target not in there:
            raise _invalid(f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {target}")


@before("stepfunctions", "CreateStateMachine")
def refuse_other_machine(call: Call) -> None:
    """Refuse a name that another definition or role has."""
    for one in call.backend().state_machines:
        same = (one.definition, one.roleArn) == (call.params["definition"], call.params["roleArn"])
        if one.name == call.params["name"] and not same:
            raise Refused("StateMachineAlreadyExists", f"State Machine Already Exists: '{one.arn}'")


@after("stepfunctions", "DescribeStateMachine")
def show_logging(call: Call, response: dict[str, Any]) -> None:
    """Show what AWS answers for settings that were not given."""
    del call
    response.setdefault("loggingConfiguration", {"level": "OFF", "includeExecutionData": False})
    response.setdefault("tracingConfiguration", {"enabled": False})


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a definition and those inside of its states."""
    yield definition
    for state in definition.get("States", {}).values():
        for inner in filter(None, [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])]):
            yield from machines(inner)


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the states of a definition with their names, those inside of others too."""
    for machine in machines(definition):
        yield from machine["States"].items()


def _invalid(text: str) -> Refused:
    return Refused("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")
