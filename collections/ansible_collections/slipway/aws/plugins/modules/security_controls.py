"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: security_controls
short_description: Tell the state of every security control
version_added: 0.1.0
description:
  - Looks at a standing environment by reads alone, and writes of each control and resource whether it is met, as HTML
    and JSON, and what is not met as Markdown.
  - Fails when a control is not met without an exception (C(failed)), or cannot be looked at (C(unknown)).
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
  name_prefix:
    description: What the names of the environment's policies and state machines begin with, before a dash.
    type: str
    required: true
  report:
    description: Path of the report, without its suffix.
    type: path
    required: true
  region:
    description: Region of the environment.
    type: str
attributes:
  check_mode:
    support: full
    description: Changes nothing at AWS in any mode.
extends_documentation_fragment: [slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Look at the controls
  slipway.aws.security_controls:
    environment: prod
    name_prefix: slipway-prod
    outputs_path: /slipway/prod
    report: reports/security/prod
"""

RETURN = r"""
states:
  description: How many controls of resources there are of each state.
  returned: always
  type: dict
unmet:
  description: What is not met and has no exception, a sentence each.
  returned: always
  type: list
  elements: str
"""
