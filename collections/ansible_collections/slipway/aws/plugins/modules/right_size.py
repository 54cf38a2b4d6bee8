"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: right_size
short_description: Propose sizes and numbers of tasks from what services used
version_added: 0.1.0
description:
  - Reads CPU, memory, tasks and requests of every service of the play from CloudWatch, five minutes a sample, and
    computes with the filter C(right_size) what would have carried them at the least price.
  - Returns a diff of the inventory that a person can look at and apply.
  - Proposes Savings Plans and reserved instances for what always runs, with the months of use after which each pays,
    and its risk. Nothing is bought.
options:
  usage:
    description: >-
      Name of a variable that has, for each host, C(cpu), C(memory), C(minimum) and C(architecture) of its tasks now,
      C(capacity), what they run on, C(file), the inventory file with its variables, and C(sides) as the filter
      C(scaling_resources) takes them.
    type: str
    required: true
  days:
    description: How far to look back.
    type: float
    default: 14
  least_days:
    description: Fewer days of metrics are not enough for a proposal.
    type: float
    default: 7
  directory:
    description: The repository's root, to which C(file) is relative.
    type: str
    required: true
  prices:
    description: >-
      The price table, with what it offers under C(commitments); see C(roles/bill/files/prices.yml). Empty for no
      proposals of that.
    type: dict
    default: {}
  database:
    description: Identifier of the environment's database; may refer to an output. Empty for none.
    type: str
    default: ""
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Propose sizes
  slipway.aws.right_size:
    usage: __autoscaling_usage
    directory: "{{ playbook_dir }}/.."
    prices: "{{ lookup('ansible.builtin.file', 'roles/bill/files/prices.yml') | from_yaml }}"
    database: ${output.database.instance_id}
  run_once: true
"""

RETURN = r"""
advice:
  description: What the filter C(right_size) says of each service.
  returned: always
  type: dict
lines:
  description: The same for people.
  returned: always
  type: list
  elements: str
page:
  description: Dollars before and after, the reasons, and what is proposed to be promised, as HTML.
  returned: always
  type: str
patch:
  description: A unified diff of the inventory's files; empty when nothing is to change.
  returned: always
  type: str
"""
