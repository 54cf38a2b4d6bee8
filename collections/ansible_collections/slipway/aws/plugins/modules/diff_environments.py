"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: diff_environments
short_description: Say how two environments differ
version_added: 0.1.0
description:
  - Compares what two inventories say, templates as they are written, and which versions run in both. Where one
    inventory says nothing, the role's default is shown.
options:
  one:
    description: An environment.
    type: dict
    required: true
    suboptions: &place
      name:
        description: Its name, that of its inventory too.
        type: str
        required: true
      account:
        description: Account of its registry; empty for one's own.
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
  other:
    description: The environment it is compared with.
    type: dict
    required: true
    suboptions: *place
  services:
    description: Services whose versions are compared.
    type: list
    elements: str
    required: true
  project:
    description: First part of the names of tables.
    type: str
    required: true
  root:
    description: Directory of the project.
    type: path
    required: true
  report:
    description: Path of the report, Markdown.
    type: path
    required: true
attributes:
  check_mode:
    support: full
    description: Changes nothing at AWS in any mode.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Compare
  slipway.aws.diff_environments:
    one: {name: staging}
    other: {name: prod}
    services: [web]
    project: slipway
    root: "{{ playbook_dir }}/.."
    report: reports/staging-prod.md
"""

RETURN = r"""
lines:
  description: The report, line by line.
  returned: always
  type: list
  elements: str
"""
