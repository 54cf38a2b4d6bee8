"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: wait
short_description: Wait by the clock that AWS and the playbooks share
version_added: 0.1.0
description:
  - Sleeps, and stops at once when C(ansible-playbook) has died or its leases were lost.
  - In a local cloud with a time scale a minute takes a second.
options:
  seconds:
    description: How long to wait.
    type: int
    required: true
attributes:
  check_mode:
    support: full
    description: Returns at once.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Let requests in flight end
  slipway.aws.wait:
    seconds: 30
"""

RETURN = r"""
seconds:
  description: How long it waited.
  returned: always
  type: int
"""
