"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: zones
short_description: Refuse availability zones that an account does not have
version_added: 0.1.0
description:
  - Asks AWS which availability zones the account has in the region, which differ by account. Fails for one that is not
    there, and names those there are.
options:
  names:
    description: Names of the zones that the network is to lie in.
    type: list
    elements: str
    required: true
  api_gateway:
    description: Whether API Gateway reaches the network by a VPC link. Fails for a zone in which it makes none.
    type: bool
    default: false
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Check the zones
  slipway.aws.zones:
    names: [ap-northeast-1a, ap-northeast-1c]
    api_gateway: true
"""

RETURN = r"""
names:
  description: Names of the zones.
  returned: success
  type: list
  elements: str
"""
