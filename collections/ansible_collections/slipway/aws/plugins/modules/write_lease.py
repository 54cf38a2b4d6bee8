"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: write_lease
short_description: Say which of two environments may write
version_added: 0.1.0
description:
  - Moves the lease of the writers, an item of a DynamoDB table in a third region, which services read before they
    write.
  - With O(state=taken) nobody may write from then on. The task ends when what services were answered before is good no
    longer, so that none of them writes, also none that nobody can reach any more.
  - With O(state=held) the environment that it was taken for may write.
  - Every step is made on the condition that the one before it stands. A step that was made already is not made again,
    so that a run that was killed can be made again.
options:
  table:
    description: Name of the table.
    type: str
    required: true
  region:
    description: Region of the table.
    type: str
    required: true
  environment:
    description: The environment that is to write.
    type: str
    required: true
  taken_from:
    description: The environment that writes up to now; with O(state=taken).
    type: str
  state:
    description: What is to be.
    type: str
    choices: [taken, held]
    required: true
  margin:
    description:
      - Seconds to wait beyond those for which an answer is good, for what was on its way to the database, and for
        clocks that run slower.
    type: int
    default: 5
attributes:
  check_mode:
    support: full
    description: Says who may write, and changes nothing.
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Let nobody write
  slipway.aws.write_lease:
    table: slipway-prod-writers
    region: us-east-2
    environment: prod-standby
    taken_from: prod
    state: taken

- name: Let the standby write
  slipway.aws.write_lease:
    table: slipway-prod-writers
    region: us-east-2
    environment: prod-standby
    state: held
"""

RETURN = r"""
holder:
  description: The environment that may write, empty for nobody. In O(state=held), who it was before.
  returned: always
  type: str
next:
  description: For whom it was taken.
  returned: always
  type: str
seconds:
  description: For how long an answer is good.
  returned: always
  type: int
taken:
  description: When it was taken away last, in seconds since 1970 by AWS's clock; 0 for never.
  returned: always
  type: int
now:
  description: >-
    AWS's time at the end of the task, in seconds since 1970. After O(state=taken) nothing is written from then on.
  returned: always
  type: int
now_text:
  description: The same as AWS takes it.
  returned: always
  type: str
"""
