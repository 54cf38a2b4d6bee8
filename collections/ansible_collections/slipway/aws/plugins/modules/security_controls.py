"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: security_controls
short_description: Tell the state of every security control
version_added: 0.1.0
description:
  - Looks at a standing environment by reads alone, and tells of each control and resource whether it is met.
  - A control of something that is not built yet is told as such, and one that cannot be looked at as C(unknown).
options:
  environment:
    description: Name of the environment, for the exceptions that are its.
    type: str
    required: true
  exceptions:
    description: >-
      Controls that need not be met; each with C(control), C(resource), C(environments), C(reason) and C(expires).
    type: list
    elements: dict
    default: []
  outputs_path:
    description: Path under which components publish.
    type: str
    default: /slipway
  region:
    description: Region of the environment.
    type: str
attributes:
  check_mode:
    support: full
    description: It reads only.
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Look at the controls
  slipway.aws.security_controls:
    environment: prod
    outputs_path: /slipway/prod
  register: controls
"""

RETURN = r"""
rows:
  description: C(control), C(title), C(resource), C(state) and C(reason) of each.
  returned: always
  type: list
  elements: dict
states:
  description: How many rows there are of each state.
  returned: always
  type: dict
unmet:
  description: What is not met and has no exception, a sentence each.
  returned: always
  type: list
  elements: str
page:
  description: The rows as HTML.
  returned: always
  type: str
"""
