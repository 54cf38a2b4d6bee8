"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: migrate_state
short_description: Take over what is kept of an environment from the account that it leaves
version_added: 0.1.0
description:
  - Copies history and records of releases, results of experiments, reports and images to the account and region of the
    run, as they are, where they are not there yet, and compares afterwards. What it copies from is only read.
  - Histories are copied as Git fast-forwards a branch. A service that was released in both places is refused.
  - The record of a service is taken over once the same version serves here, with its number and what can be gone back
    to.
  - Fails while a release, an experiment or any other run goes on there.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  project:
    description: First part of the names of tables and repositories.
    type: str
    required: true
  services:
    description: Services whose images are copied.
    type: list
    elements: str
    required: true
  source:
    description: Where the environment was.
    type: dict
    required: true
    suboptions:
      account:
        description: The account. Another one that is reached is refused.
        type: str
        required: true
      region:
        description: Its region. Without it, that of the task.
        type: str
      role_arn:
        description: Role there that reads; empty to read as whoever runs this, whatever role the environment has.
        type: str
        default: ''
      external_id:
        description: What that role's trust policy asks for.
        type: str
        default: ''
  fences:
    description: Fencing numbers of the leases here, as M(slipway.aws.lease) returns them.
    type: dict
    default: {}
  outputs_path:
    description: Path of the outputs, the same in both places, such as C(/slipway/prod).
    type: str
    default: /slipway
attributes:
  check_mode:
    support: full
    description: Says what it would copy.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Take over what the shared account has of prod
  slipway.aws.migrate_state:
    environment: prod
    project: slipway
    services: [web]
    source: {account: "111122223333", role_arn: "arn:aws:iam::111122223333:role/slipway-reader"}
    fences: "{{ held.fences }}"
    outputs_path: /slipway/prod
"""

RETURN = r"""
lines:
  description: For people, how much there is, what was not here, and what is not taken over.
  returned: always
  type: list
  elements: str
"""
