"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: account
short_description: Refuse another account than the inventory's
version_added: 0.1.0
description:
  - Asks AWS whose credentials these are, after C(aws_role_arn) was assumed where it is set. Fails in another account.
options:
  account:
    description: Number of the account that the environment lives in.
    type: str
    required: true
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Check the account
  slipway.aws.account:
    account: "{{ aws_account_id }}"
  run_once: true
"""

RETURN = r"""
account:
  description: Number of the account that was reached.
  returned: always
  type: str
"""
