"""FIS's experiments: started, looked at and stopped."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.injection.model import Action, Experiment
from rehearsal.injection.mover import InjectionMover


def _mover(call: Call) -> InjectionMover:
    found = call.world.movers["injection"]
    assert isinstance(found, InjectionMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


def _find(call: Call) -> Experiment:
    found = _mover(call).experiments.get((call.region, call.params["id"]))
    if found is None:
        raise Refused("ResourceNotFoundException", f"Experiment {call.params['id']} does not exist.", 404)
    return found


@operation("fis", "StartExperiment")
def start(call: Call) -> dict[str, Any]:
    """Start an experiment; the same token starts it once."""
    mover, params = _mover(call), call.params
    template = call.backend().get_experiment_template(params["experimentTemplateId"])
    with mover.lock:
        again = [one for one in mover.experiments.values() if one.token == params["clientToken"]]
        found = again[0] if again else _new(call, template)
        mover.experiments[call.region, found.id] = found
        return {"experiment": found.shown()}


def _new(call: Call, template: dict[str, Any]) -> Experiment:
    return Experiment(
        id=f"EXP{uuid.uuid4().hex[:15]}",
        region=call.region,
        account=call.account,
        template=template,
        token=call.params["clientToken"],
        tags=call.params.get("tags", {}),
        created=call.world.clock.now(),
        actions=[Action(name, settings) for name, settings in template["actions"].items()],
    )


@operation("fis", "GetExperiment")
def get(call: Call) -> dict[str, Any]:
    """Describe an experiment."""
    return {"experiment": _find(call).shown()}


@operation("fis", "ListExperiments")
def list_experiments(call: Call) -> dict[str, Any]:
    """List the experiments, of one template where it is named."""
    wanted = call.params.get("experimentTemplateId")
    there = [one for (region, _), one in list(_mover(call).experiments.items()) if region == call.region]
    return {"experiments": [one.summary() for one in there if wanted in {None, one.template["id"]}]}


@operation("fis", "StopExperiment")
def stop(call: Call) -> dict[str, Any]:
    """Stop an experiment that goes on; what it disturbs is put right."""
    found = _find(call)
    if found.over:
        raise Refused("ConflictException", f"Experiment {found.id} is in state {found.status}.", 409)
    _mover(call).stop_experiment(found, "Experiment stopped by user.")
    return {"experiment": found.shown()}
