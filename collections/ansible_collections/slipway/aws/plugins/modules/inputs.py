"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: inputs
short_description: Check what a run was given on the command line or in a survey
version_added: 0.1.0
description:
  - Checks extra variables against C(playbooks/vars/inputs.yml), the inputs that playbooks have beside variables of
    roles. Nothing is called.
  - An input that is not of its type, a number where text is meant, and a name that is nearly an input's fail with what
    to do. Empty text is taken for not given.
options:
  needs:
    description: Hosts that the playbook works on. A C(--limit) that leaves one out is refused.
    type: list
    elements: str
    default: []
extends_documentation_fragment: [slipway.aws.reads_only]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Check what was given on the command line or in a survey
  slipway.aws.inputs:
  run_once: true
"""

RETURN = r"""
given:
  description: Names of the inputs that were given.
  returned: always
  type: list
  elements: str
"""
