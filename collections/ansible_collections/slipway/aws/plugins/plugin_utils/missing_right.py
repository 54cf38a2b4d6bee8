"""What to do about a caller whom AWS refuses: where to add a right that is missing, what to do about credentials."""

from __future__ import annotations

import re

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = re.compile(r"is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?")
_LACKING = re.compile(r"because no (?P<kind>[\w -]+?) allows")
#: What rights of a role stand in.
OWN = "identity-based policy"
#: The credentials have ended. EC2 says the same of requests that come late.
ENDED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
_LATE = re.compile(r"^Signature (expired|not yet current)|^The difference between the request time")
#: Nobody is known by them. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html.
UNKNOWN = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def what_to_do(code: str, message: str) -> str:
    """Return what to do about a refusal, as the rest of a sentence; empty where it is not one of the caller.

    Args:
        code: of the error.
        message: AWS's own.
    """
    if _LATE.search(message):
        return "; this machine's clock and AWS's differ: set it, and run again"
    if code in ENDED:
        return (
            "; these credentials have ended: get new ones, look at this machine's clock if they are new, and run again"
        )
    if code in UNKNOWN:
        return (
            "; AWS does not know these credentials: look at AWS_PROFILE, or at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
            " and AWS_SESSION_TOKEN, and at this machine's clock"
        )
    return where_to_add(message)


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
