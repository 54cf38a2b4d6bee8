"""Organizations: an account that it makes has a role in which the organization's own account may do everything.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
"""

from __future__ import annotations

import json
from typing import Any

from rehearsal.control.overlay import Call, after

ROLE = "OrganizationAccountAccessRole"
POLICY = "AdministratorAccess"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@after("organizations", "CreateAccount")
def let_in(call: Call, result: dict[str, Any]) -> None:
    """Give the role, which moto makes without any, its policy."""
    made = result["CreateAccountStatus"]["AccountId"]
    role = call.params.get("RoleName", ROLE)
    call.world.backend("iam", "aws", made).put_role_policy(role, POLICY, json.dumps(EVERYTHING))
