"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: preflight
short_description: Check every variable of a run before anything is called
version_added: 0.1.0
description:
  - Checks the variables of components and services against the argument specs of the roles that read them, and against
    each other. Nothing is called.
  - A variable that carries a role's prefix and that the role does not know fails with the nearest name.
options:
  hosts:
    description: Inventory hosts of the run.
    type: list
    elements: str
    required: true
  waivers_end:
    description:
      - Refuse waivers in C(release_waivers) that have ended. Runs that begin no release go on with them.
    type: bool
    default: false
extends_documentation_fragment: [slipway.aws.reads_only]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Check variables against the roles that read them
  slipway.aws.preflight:
    hosts: "{{ ansible_play_hosts }}"
  run_once: true
"""

RETURN = r"""
hosts:
  description: Number of hosts checked.
  returned: always
  type: int
roles:
  description: Number of roles whose specs were read.
  returned: always
  type: int
"""
