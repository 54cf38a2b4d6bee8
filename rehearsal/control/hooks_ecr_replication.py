"""Replication of the registry: as many rules as AWS takes, where moto takes one. Nothing is copied."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, operation

#: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationConfiguration.html
RULES, DESTINATIONS = 10, 25


@operation("ecr", "PutReplicationConfiguration")
def put(call: Call) -> dict[str, Any]:
    """Keep the rules."""
    configuration = call.params["replicationConfiguration"]
    rules = configuration["rules"]
    places = {(one["region"], one["registryId"]) for rule in rules for one in rule["destinations"]}
    if len(rules) > RULES or len(places) > DESTINATIONS:
        raise _wrong(f"at most {RULES} rules and {DESTINATIONS} destinations")
    if (call.region, call.account) in places:
        raise _wrong("Replication destination cannot be the same as the source registry")
    call.backend().replication_config = configuration
    return {"replicationConfiguration": configuration}


def _wrong(constraint: str) -> Refused:
    parameter = "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint"
    return Refused("InvalidParameterException", f"{parameter}: '{constraint}'")
