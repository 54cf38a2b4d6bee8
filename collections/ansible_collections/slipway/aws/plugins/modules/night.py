"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: night
short_description: Put an environment to sleep, or wake it up
version_added: 0.1.0
description:
  - Starts the state machine that stops services and database, or starts them again as they were, and waits for its end.
    An environment that is as it is wanted is left alone.
options:
  state:
    description: What is wanted. C(look) only tells; C(refuse) fails while it sleeps.
    type: str
    choices: [asleep, awake, look, refuse]
    required: true
  table:
    description: Name of the lease table, in which it stands whether the environment sleeps.
    type: str
    required: true
  hours:
    description: Its working hours. Without any it is not put to sleep.
    type: dict
    default: {}
  machine:
    description: ARN of the state machine; may refer to an output.
    type: str
    default: ${output.state.night}
attributes:
  check_mode:
    support: full
    description: Says whether the state machine would run.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Wake it up
  slipway.aws.night:
    state: awake
    table: slipway-dev-leases
    outputs_path: /slipway/dev
"""

RETURN = r"""
asleep:
  description: Whether the environment sleeps, or falls asleep.
  returned: success
  type: bool
since:
  description: Since when; empty while it is awake.
  returned: success
  type: str
msg:
  description: The same in words.
  returned: success
  type: str
"""
