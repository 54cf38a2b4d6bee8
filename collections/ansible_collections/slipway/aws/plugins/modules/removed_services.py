"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: removed_services
short_description: Find services that stand and are no longer listed
version_added: 0.1.0
description:
  - Finds services of an environment by the tags of what stands, and tells those that its list does not have. Previews
    of branches are none of them.
  - With O(service) it describes that one, as a host with which the roles that made it can remove it.
options:
  project:
    description: Tag of everything.
    type: str
    required: true
  environment:
    description: Name of the environment, a tag of everything in it.
    type: str
    required: true
  listed:
    description: Names in C(environment_services), all of them, also where the inventory is a slice.
    type: list
    elements: str
    required: true
  service:
    description: The one to describe. One that is in O(listed), or a host of the group C(services), is refused.
    type: str
  load_balancers:
    description: Names of the environment's load balancers.
    type: list
    elements: str
    default: [main]
  recovery_days:
    description: Days in which a removed secret can be restored.
    type: int
    default: 30
  delete_images:
    description: Whether a repository may go with its images.
    type: bool
    default: false
  table:
    description: The environment's lease table, which holds the releases' records; needed with O(service).
    type: str
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Find services that are no longer listed
  slipway.aws.removed_services:
    project: slipway
    environment: dev
    listed: "{{ environment_services.keys() | list }}"
"""

RETURN = r"""
lines:
  description: A sentence for each service that stands and is not listed; of a named one, what stands of it.
  returned: success
  type: list
  elements: str
services:
  description: Their names.
  returned: without O(service)
  type: list
  elements: str
hosts:
  description: The named one as a host for M(ansible.builtin.add_host); empty when nothing stands of it.
  returned: with O(service)
  type: list
  elements: dict
left:
  description: What components hold for it, as resources for M(slipway.aws.converge).
  returned: with O(service)
  type: list
  elements: dict
"""
