"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: adopt
short_description: Write the inventory of an environment that stands already
version_added: 0.1.0
description:
  - Learns from a Terraform state file or a tag which VPC, load balancer, database, ECS cluster and zone belong
    together, asks AWS what they are like, and writes the inventory that describes them.
  - What is taken over is named by its own id in C(slipway_adopted) and stays as it is, until a property is allowed to
    change. What cannot be taken over is listed with the reason and left outside.
  - Only ids are read from a state file, so no password in it is written anywhere.
options:
  name:
    description: Name of the new environment. An environment that is there already is refused.
    type: str
    default: ''
  state_file:
    description: Path of a state file of version 4, as C(terraform state pull) writes it. Either this or O(tag).
    type: str
    default: ''
  tag:
    description: Tag that everything carries, as C(key=value).
    type: str
    default: ''
  domain:
    description: The environment's domain, where no public zone is found.
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
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Take a shop over
  slipway.aws.adopt:
    name: shop
    state_file: shop.tfstate
    environments: [dev, staging, prod]
    root: "{{ playbook_dir }}/.."
"""

RETURN = r"""
files:
  description: Paths of the files, relative to the project.
  returned: always
  type: list
  elements: str
left:
  description: What stays outside, and why.
  returned: always
  type: list
  elements: str
"""
