"""IAM: service-linked roles, once in an account and named as AWS names them; trust in those who exist."""

from __future__ import annotations

from typing import Any

from moto.iam import models

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.control.policies import listed, well_formed

#: Part of a service's host name to part of its role's name.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
models.SERVICE_NAME_CONVERSION.update(
    {
        "ecs": "ECS",
        "elasticloadbalancing": "ElasticLoadBalancing",
        "rds": "RDS",
        "wafv2": "WAFV2Logging",
        "backup": "Backup",
        "guardduty": "AmazonGuardDuty",
        "config": "Config",
        "access-analyzer": "AccessAnalyzer",
        "securityhub": "SecurityHub",
        "organizations": "Organizations",
    }
)


@before("iam", "DeleteRole")
def refuse_linked(call: Call) -> None:
    """Refuse to delete a role of a service as if it were one's own."""
    role = next((one for one in call.backend().roles.values() if one.name == call.params["RoleName"]), None)
    if role and role.path.startswith("/aws-service-role/"):
        raise Refused("UnmodifiableEntity", f"Cannot perform the operation on the protected role '{role.name}'")


@after("iam", "GetAccountAuthorizationDetails")
def show_names(call: Call, response: dict[str, Any]) -> None:
    """Show name and id of policies, which moto leaves out."""
    for one in response.get("Policies", []):
        found = call.backend().managed_policies[one["Arn"]]
        one |= {"PolicyName": found.name, "PolicyId": found.id}


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


@before("iam", "CreateRole", "UpdateAssumeRolePolicy")
def check_trust(call: Call) -> None:
    """Refuse a trust policy without statements, and trust in a role or user that does not exist."""
    document = call.params.get("AssumeRolePolicyDocument") or call.params["PolicyDocument"]
    refusal = Refused("MalformedPolicyDocument", "This policy contains invalid Json")
    for statement in well_formed(document, refusal):
        principal = statement.get("Principal")
        if principal is None:
            raise Refused("MalformedPolicyDocument", "AssumeRole policy must contain principals")
        for arn in _own_principals(call, principal):
            raise Refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


def _own_principals(call: Call, principal: Any) -> list[str]:
    """Return the roles and users of this account that a principal names and that do not exist."""
    named = listed(principal.get("AWS")) if isinstance(principal, dict) else []
    backend = call.backend()
    known = {one.arn for one in [*backend.roles.values(), *backend.users.values()]}
    inside = (f"arn:aws:iam::{call.account}:role/", f"arn:aws:iam::{call.account}:user/")
    return [arn for arn in named if arn.startswith(inside) and arn not in known]
