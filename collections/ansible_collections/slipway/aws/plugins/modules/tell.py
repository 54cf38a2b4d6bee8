"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: tell
short_description: Tell of many hosts in one task
version_added: 0.1.0
description:
  - Evaluates a variable for each of the hosts, as that host's own task would see it, and shows a line for each that is
    not empty. Run it with C(run_once).
options:
  text:
    description: Name of the variable.
    type: str
    required: true
  hosts:
    description: Inventory hosts.
    type: list
    elements: str
    required: true
extends_documentation_fragment: [slipway.aws.reads_only]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Tell what became of the services
  slipway.aws.tell:
    text: __service_text
    hosts: "{{ ansible_play_hosts }}"
  run_once: true
"""

RETURN = r"""
msg:
  description: The lines.
  returned: always
  type: list
  elements: str
"""
