"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: previews
short_description: Keep the places of previews of branches
version_added: 0.1.0
description:
  - A preview has one of a fixed number of places in the lease table, and with it a priority for its listener rule, a
    name and an end. This takes a place, finds the previews that are to be removed, and frees a place.
  - Makes nothing else. RV(hosts) are for M(ansible.builtin.add_host), and are converged like every other service.
options:
  operation:
    description:
      - C(claim) returns the preview of a branch, in its place or in a free one; a new one, or one with another image,
        lives from now on. C(find) returns those that are to be removed. C(leave) frees the place of one.
    type: str
    choices: [claim, find, leave]
    required: true
  untemplated:
    description:
      - Name of the variable that has the branch. It is read as it was given, because a branch is called what others
        like, and a template in its name would be evaluated.
    type: list
    elements: str
    default: []
  which:
    description: With O(operation=find), which ones. With C(branch), those of the branch and, if given, O(service).
    type: str
    choices: [all, branch, expired]
    default: expired
  service:
    description: The service that it is a preview of.
    type: str
    default: ''
  image_tag:
    description: Tag of the branch's image in the service's repository.
    type: str
    default: ''
  preview:
    description: With O(operation=leave), the preview as its host has it.
    type: dict
    default: {}
  allowed:
    description: Whether the environment carries previews.
    type: bool
    default: false
  terms:
    description: With O(operation=claim), what the environment allows.
    type: dict
    suboptions:
      limit:
        description: How many previews there may be, at most 50.
        type: int
        required: true
      hours:
        description: Hours that a preview lives.
        type: int
        required: true
      most:
        description: Most hours that one may live.
        type: int
        required: true
      first_priority:
        description: Priority of the listener rule of the first place; 50 from there on are previews'.
        type: int
        required: true
  table:
    description: Name of the lease table.
    type: str
    required: true
attributes:
  check_mode:
    support: full
    description: Takes and frees no place.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Find previews that are over
  slipway.aws.previews:
    operation: find
    which: expired
    table: slipway-dev-leases
"""

RETURN = r"""
hosts:
  description: The preview, or those to be removed, each as M(ansible.builtin.add_host) takes it.
  returned: unless O(operation=leave)
  type: list
  elements: dict
lines:
  description: With O(operation=find), every preview there is in words.
  returned: with O(operation=find)
  type: list
  elements: str
msg:
  description: With O(operation=claim), address and end.
  returned: with O(operation=claim)
  type: str
"""
