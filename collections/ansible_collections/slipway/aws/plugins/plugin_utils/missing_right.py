"""Where to add a right that AWS says is missing."""

from __future__ import annotations

import re

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = re.compile(r"is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?")
_LACKING = re.compile(r"because no (?P<kind>[\w -]+?) allows")
#: What rights of a role stand in.
OWN = "identity-based policy"


def where_to_add(message: str) -> str:
    """Return where to add the right that a refusal names, as the rest of a sentence.

    Args:
        message: AWS's own.

    Returns:
        action, resource and place; empty for a refusal of another kind.
    """
    denied = _DENIED.search(message)
    if denied is None:
        return ""
    right = f"{denied['action']} on {denied['resource'] or '*'}"
    if "explicit deny" in message:
        return f"; a policy denies {right}, and no right that is added changes that"
    lacking = _LACKING.search(message)
    if lacking and lacking["kind"] != OWN:
        return f"; add {right} to the {lacking['kind']} of whoever runs this"
    return (
        f"; whoever runs this lacks {right}: where that is the role of playbooks/deployer.yml, add it to"
        " deployer_more_statements and run that playbook, else add it to a policy of that identity"
    )
