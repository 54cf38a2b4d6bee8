"""IAM: a service-linked role there is once in an account."""

from __future__ import annotations

from rehearsal.control.overlay import Call, Refused, before


@before("iam", "CreateServiceLinkedRole")
def refuse_second_role(call: Call) -> None:
    """Refuse a role that is there already, with the code that AWS has for it.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
    """
    path = f"/aws-service-role/{call.params['AWSServiceName']}/"
    if any(role.path == path for role in call.backend().get_roles()):
        raise Refused(
            "InvalidInput", "Service role name has been taken in this account, please try a different suffix."
        )
