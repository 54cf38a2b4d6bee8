"""IAM Access Analyzer, which moto lacks: analyzers and their tags. Nothing is analysed."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, operation

ANALYZERS = "accessanalyzer.analyzers"


@operation("accessanalyzer", "CreateAnalyzer")
def create(call: Call) -> dict[str, Any]:
    """Make an analyzer; of the types for external access there is one an account and region."""
    name, kind = call.params["analyzerName"], call.params["type"]
    if _find(call, name):
        raise Refused("ConflictException", f"An analyzer with name {name} already exists.", 409)
    if any(one["type"] == kind for one in _all(call)):
        raise Refused("ServiceQuotaExceededException", f"You already have an analyzer of the type {kind}.", 402)
    arn = f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}"
    call.world.kept(ANALYZERS)[call.region, name] = {
        "arn": arn,
        "name": name,
        "type": kind,
        "status": "ACTIVE",
        "createdAt": call.world.clock.now(),
        "tags": dict(call.params.get("tags", {})),
    }
    return {"arn": arn}


@operation("accessanalyzer", "ListAnalyzers")
def list_analyzers(call: Call) -> dict[str, Any]:
    """List analyzers, of one type where one is asked for."""
    kind = call.params.get("type")
    return {"analyzers": [one for one in _all(call) if kind in (None, one["type"])]}


@operation("accessanalyzer", "DeleteAnalyzer")
def delete(call: Call) -> dict[str, Any]:
    """Delete an analyzer."""
    _named(call, call.params["analyzerName"])
    del call.world.kept(ANALYZERS)[call.region, call.params["analyzerName"]]
    return {}


@operation("accessanalyzer", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tag an analyzer."""
    _named(call, call.params["resourceArn"].rpartition("/")[2])["tags"].update(call.params["tags"])
    return {}


@operation("accessanalyzer", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Take tags off an analyzer."""
    for key in call.params["tagKeys"]:
        _named(call, call.params["resourceArn"].rpartition("/")[2])["tags"].pop(key, None)
    return {}


def _all(call: Call) -> list[dict[str, Any]]:
    return [one for (region, _), one in call.world.kept(ANALYZERS).items() if region == call.region]


def _find(call: Call, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = call.world.kept(ANALYZERS).get((call.region, name))
    return found


def _named(call: Call, name: str) -> dict[str, Any]:
    found = _find(call, name)
    if found is None:
        raise Refused("ResourceNotFoundException", f"The analyzer {name} does not exist.", 404)
    return found
