"""What was made a moment ago, which services other than its own do not see at once.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from __future__ import annotations

from rehearsal.control.overlay import Call
from rehearsal.tasks.permissions import role, trusts

#: Virtual seconds after which everybody has seen it.
SEEN_AFTER = 10.0
#: Where it is kept when things were made: by the ARN of a role, or the name of a bucket with a policy.
MADE = "young.made"


def note(call: Call, name: str) -> None:
    """Remember when something was made; what is made again is as old as it was."""
    call.world.kept(MADE).setdefault(name, call.world.clock.now())


def forget(call: Call, name: str) -> None:
    """Forget what is gone."""
    call.world.kept(MADE).pop(name, None)


def seen(call: Call, name: str) -> bool:
    """Say whether other services see it by now."""
    made: float = call.world.kept(MADE).get(name, 0.0)
    return call.world.clock.now() >= made + SEEN_AFTER


def assumable(call: Call, arn: str, principal: str) -> bool:
    """Say whether a service may assume a role, and sees it by now."""
    found = role(call.world, arn)
    return found is not None and trusts(found, principal) and seen(call, arn)
