"""Idempotency tokens: a call that is made again with its token is answered as the first time, and does nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable

from rehearsal.control.memory import Answer
from rehearsal.control.overlay import Refused
from rehearsal.control.wire import Wire
from rehearsal.world import World

#: Names that the services have for it. Route 53's CallerReference is none: the second call with one is refused.
TOKENS = ("ClientToken", "clientToken", "ClientRequestToken", "clientRequestToken", "IdempotencyToken")
OK = 300


def once(world: World, wire: Wire, execute: Callable[[], Answer]) -> Answer:
    """Carry a call out, unless it was before.

    Raises:
        Refused: its token was used with other parameters.
    """
    token = next((wire.params[name] for name in TOKENS if wire.params.get(name)), None)
    if token is None:
        return execute()
    key = (wire.service, wire.operation, wire.region, token)
    told = json.dumps(wire.params, sort_keys=True, default=str)
    known: dict[object, tuple[str, Answer]] = world.kept("idempotency")
    if key in known:
        before, answer = known[key]
        if before != told:
            raise Refused("IdempotentParameterMismatch", f"The token {token} was used with other parameters.")
        return answer
    answer = execute()
    if answer[0] < OK:
        known[key] = (told, answer)
    return answer
