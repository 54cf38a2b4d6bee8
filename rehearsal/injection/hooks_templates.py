"""FIS's experiment templates: what AWS refuses, and what this cloud cannot carry out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.injection.actions import ACTIONS, Kind
from rehearsal.injection.model import duration
from rehearsal.injection.targets import mode_is_known

STOPS = ("none", "aws:cloudwatch:alarm")
#: https://docs.aws.amazon.com/fis/latest/userguide/fis-quotas.html
MOST_STOPS, LONGEST = 5, 12 * 3600


@before("fis", "CreateExperimentTemplate", "UpdateExperimentTemplate")
def check_template(call: Call) -> None:
    """Refuse a template with the first of its mistakes."""
    for mistake in _mistakes(_whole(call)):
        raise Refused("ValidationException", mistake)


def _whole(call: Call) -> dict[str, Any]:
    """Return a template as it will be after the call."""
    if call.operation == "CreateExperimentTemplate":
        return {"targets": {}, **call.params}
    return {**call.backend().get_experiment_template(call.params["id"]), **call.params}


def _mistakes(template: Mapping[str, Any]) -> Iterator[str]:
    if not template["actions"]:
        yield "The experiment template must have at least one action."
    if not 1 <= len(template["stopConditions"]) <= MOST_STOPS:
        yield f"The experiment template must have 1 to {MOST_STOPS} stop conditions."
    for stop in template["stopConditions"]:
        if stop["source"] not in STOPS or (stop["source"] == "none") == ("value" in stop):
            yield f"Stop condition {stop} is invalid; source is one of {', '.join(STOPS)}, the latter with a value."
    for name, target in template["targets"].items():
        yield from _of_target(name, target)
    for name, action in template["actions"].items():
        yield from _of_action(name, action, template["targets"])


def _of_target(name: str, target: Mapping[str, Any]) -> Iterator[str]:
    if not mode_is_known(target["selectionMode"]):
        yield f"Target {name}: selectionMode {target['selectionMode']!r} is invalid; ALL, COUNT(n) or PERCENT(n) is."
    if bool(target.get("resourceArns")) == bool(target.get("resourceTags")):
        yield f"Target {name}: specify either resourceArns or resourceTags."
    if target.get("filters") or target.get("parameters"):
        yield f"Target {name}: the local cloud knows neither filters nor parameters of targets."


def _of_action(name: str, action: Mapping[str, Any], targets: Mapping[str, Any]) -> Iterator[str]:
    kind = ACTIONS.get(action["actionId"])
    if kind is None:
        yield f"Action {name}: the local cloud does not have {action['actionId']}; it has {', '.join(ACTIONS)}."
        return
    key, resource = kind.target
    target = targets.get(action.get("targets", {}).get(key))
    if target is None or target["resourceType"] != resource:
        yield f"Action {name}: {action['actionId']} needs a target {key} of type {resource}."
    if action.get("startAfter"):
        yield f"Action {name}: the local cloud starts all actions at once; leave out startAfter."
    yield from _of_parameters(name, action.get("parameters", {}), kind)


def _of_parameters(name: str, given: Mapping[str, str], kind: Kind) -> Iterator[str]:
    for parameter, value in given.items():
        allowed = kind.parameters.get(parameter, ())
        if value not in allowed and not (parameter == "duration" and kind.lasts):
            yield f"Action {name}: parameter {parameter} is {value!r}; allowed: {', '.join(allowed) or 'none such'}."
    if kind.lasts and not 60 <= (duration(given.get("duration", "")) or 0) <= LONGEST:  # noqa: PLR2004  a minute
        yield f"Action {name}: duration is {given.get('duration')!r}; PT1M to PT12H is allowed."


@after("fis", "CreateExperimentTemplate", "UpdateExperimentTemplate", "GetExperimentTemplate")
def show_defaults(call: Call, response: dict[str, Any]) -> None:
    """Show what AWS answers for options that were not given."""
    del call
    options = response["experimentTemplate"].setdefault("experimentOptions", {})
    options.setdefault("accountTargeting", "single-account")
    options.setdefault("emptyTargetResolutionMode", "fail")
