"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: dns_shift
short_description: Send whoever asks for names that environments share to one of them
version_added: 0.1.0
description:
  - Gives the environment's record of each name the weight 100, and those of other environments 0, in one change of the
    zone, and waits until all servers of Route 53 know.
options:
  zone:
    description: Id of the hosted zone; may refer to an output, C(${output.dns.zone_id}).
    type: str
    required: true
  names:
    description: Names that environments share by weighted records.
    type: list
    elements: str
    required: true
  environment:
    description: The environment that is to get all, the C(SetIdentifier) of its records.
    type: str
    required: true
attributes:
  check_mode:
    support: full
    description: Says which weights would change.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Send users to the standby
  slipway.aws.dns_shift:
    zone: ${output.dns.zone_id}
    names: [web.example.com]
    environment: prod-standby
"""

RETURN = r"""
weights:
  description: Each weight that was changed, with C(name), C(of) (the environment) and C(weight).
  returned: always
  type: list
  elements: dict
"""
