"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: inventory_new
short_description: Write the inventory of a new environment or service
version_added: 0.1.0
description:
  - Copies an environment to a new one, or a service to a new one in every environment, with the answers in their
    places. Every answer is checked before a file is written; each mistake is named with what is allowed.
options:
  kind:
    description: What is new.
    type: str
    choices: [environment, service]
    required: true
  name:
    description: Its name.
    type: str
    default: ''
  like:
    description: The environment or service that it is a copy of.
    type: str
    required: true
  domain:
    description: Domain of a new environment.
    type: str
    default: ''
  cidr:
    description: Addresses of a new environment; they overlap no other's.
    type: str
    default: ''
  port:
    description: Port that the container of a new service listens on.
    type: str
    default: ''
  environments:
    description: Environments there are.
    type: list
    elements: str
    required: true
  root:
    description: Directory of the project.
    type: path
    required: true
attributes:
  check_mode:
    support: full
    description: Writes no file; the diff has what would be written.
  diff_mode:
    support: full
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Make an environment
  slipway.aws.inventory_new:
    kind: environment
    name: qa
    like: staging
    domain: qa.example.com
    cidr: 10.40.0.0/16
    environments: [dev, staging, prod]
    root: "{{ playbook_dir }}/.."
"""

RETURN = r"""
files:
  description: Paths of the files, relative to the project.
  returned: always
  type: list
  elements: str
"""
