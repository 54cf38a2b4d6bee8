"""Policies of keys: whoever calls, and whatever identity policies allow, a key is used only as its own policy says.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.authorization.evaluation import permitted, principals
from rehearsal.authorization.reference import operations
from rehearsal.control.overlay import Refused
from rehearsal.control.policies import statements

if TYPE_CHECKING:
    from rehearsal.authorization.needs import Need
    from rehearsal.control.wire import Wire
    from rehearsal.world import World

#: Uses of a key without a service between.
DIRECT = ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
#: Whose grant it is may retire it, whatever the policy says.
#: https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
FREE = "kms:RetireGrant"


def uses_keys(wire: Wire) -> bool:
    """Say whether a call may need a key."""
    if wire.service == "kms":
        return wire.operation in DIRECT
    return wire.operation in operations()["keys"].get(wire.service, {})


def check(world: World, wire: Wire, need: Need, role: str) -> None:
    """Refuse a need that the key's policy does not let the account, or this role, have.

    Raises:
        Refused: as the service answers.
    """
    if need.action == FREE or not need.resource.startswith("arn:") or ":kms:" not in need.resource:
        return
    _, _, _, region, _, name = need.resource.split(":", 5)
    key = world.backend("kms", region).keys.get(name.removeprefix("key/"))
    context = {**need.context, "kms:CallerAccount": (world.account,), "aws:PrincipalAccount": (world.account,)}
    names = principals(world.account, role)
    if key and not permitted(statements(key.policy), names, need.action, need.resource, context):
        code, text = operations()["key_refusals"][wire.service]
        raise Refused(code, text.format(action=need.action, key=key.arn))
