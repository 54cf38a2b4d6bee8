"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: release_status
short_description: Tell how releases of services stand and ended, or ask something of one
version_added: 0.1.0
description:
  - Reads the journals of releases in the environment's table; works from any machine.
  - With C(order), asks runs that go on to roll back, or to go on where they wait for an answer, and waits until they
    have. A release without a run is told under C(left), for M(slipway.aws.release) to take back or to go on with.
options:
  services:
    description: Services to tell about.
    type: list
    elements: str
    required: true
  table:
    description: The environment's table of leases, records and journals.
    type: str
    required: true
  history:
    description: Ended releases to tell of each service.
    type: int
    default: 5
  order:
    description: What is asked of runs that go on; nothing when empty.
    type: str
    choices: ["", abort, promote]
    default: ""
  actor:
    description: Who asks.
    type: str
    default: ""
  timeout:
    description: Seconds in which a run must have followed.
    type: int
    default: 300
attributes:
  check_mode:
    support: full
    description: Nothing is asked of a run.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Read the journals
  slipway.aws.release_status:
    services: [web]
    table: slipway-dev-leases
  run_once: true
"""

RETURN = r"""
lines:
  description: A line a release, for people, and one more for the last look at one that has not ended.
  returned: always
  type: list
  elements: str
left:
  description: >-
    Services whose release was left in the middle, waits for an answer without a run, or is to be aborted with one of
    those.
  returned: always
  type: list
  elements: str
ordered:
  description: Services whose run was asked for it, and did it.
  returned: always
  type: list
  elements: str
"""
