"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: promote_images
short_description: Take the images that serve in one environment to the registry of another
version_added: 0.1.0
description:
  - Reads which version of each service is stable in the source, and copies its image, manifest and layers as they are,
    to the target's repository when it is not there. The digest stays; nothing is built.
  - A service that was never released in the source, or whose release is in the middle there, is refused.
options:
  services:
    description: Names of services.
    type: list
    elements: str
    required: true
  project:
    description: First part of the names of tables and repositories.
    type: str
    required: true
  source:
    description: The environment that has the images.
    type: dict
    required: true
    suboptions: &place
      name:
        description: Its name.
        type: str
        required: true
      account:
        description: Account of its registry; empty for one's own. Its repositories must allow pulls from here.
        type: str
        default: ''
      region:
        description: Its region. Without it, that of the task.
        type: str
      role_arn:
        description: Role that reads it; empty for that of the environment of the run, or whoever runs it.
        type: str
        default: ''
      external_id:
        description: What that role's trust policy asks for.
        type: str
        default: ''
  target:
    description: The environment that is to run them.
    type: dict
    required: true
    suboptions: *place
attributes:
  check_mode:
    support: full
    description: Says what it would copy.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Take over what serves in dev
  slipway.aws.promote_images:
    services: [web]
    project: slipway
    source: {name: dev}
    target: {name: staging}
"""

RETURN = r"""
releases:
  description: Tag and digest of each service, as releases.yml has them.
  returned: always
  type: dict
copied:
  description: Services whose image was copied.
  returned: always
  type: list
  elements: str
differ:
  description: Services of which the target runs another version.
  returned: always
  type: list
  elements: str
lines:
  description: A line a service for people.
  returned: always
  type: list
  elements: str
"""
