"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: lease
short_description: Hold the leases of components and services while a run goes on
version_added: 0.1.0
description:
  - Takes one lease for each host, all or none, in the environment's DynamoDB table, and keeps renewing them in a
    process of its own until C(ansible-playbook) has ended in whatever way. Then they are given back.
  - Every writer of this collection asks before each write whether the run still holds its leases.
  - A lease of a run that was killed on this machine is taken over at once; one of another machine when it has ended.
options:
  hosts:
    description: Inventory hosts to hold the lease of.
    type: list
    elements: str
    required: true
  table:
    description: The environment's lease table.
    type: str
    required: true
  takeover:
    description: Take leases that others hold. The other run stops before its next write.
    type: bool
    default: false
  waiting:
    description: Take leases that are left to releases which wait for a person's answer.
    type: bool
    default: false
  without_table:
    description: Hold none where the table is gone, as when an environment is removed for the second time.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: A plan takes no lease.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Hold the leases of everything this run changes
  slipway.aws.lease:
    hosts: "{{ ansible_play_hosts }}"
    table: slipway-dev-leases
  run_once: true
"""

RETURN = r"""
fences:
  description: The fencing number of each host's lease.
  returned: always
  type: dict
"""
