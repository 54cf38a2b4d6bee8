"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: cost
short_description: Say what an environment costs a month
version_added: 0.1.0
description:
  - Renders what the roles declare for every host of the inventory, without asking AWS, and prices it by a table.
  - With O(actual) it asks Cost Explorer what the last whole month did cost, and puts that beside the estimate.
options:
  environment:
    description: Value of the tag C(environment) that everything bears.
    type: str
    required: true
  prices:
    description: A price table, as C(roles/bill/files/prices.yml) has it.
    type: dict
    required: true
  usage:
    description: Amounts a month in place of those that are assumed.
    type: dict
    default: {}
  choices:
    description: >-
      Other bills to work out, each with a C(name), variables to C(set), C(usage), and the C(hosts) whose resources
      follow from those variables.
    type: list
    elements: dict
    default: []
  change:
    description: Variables with other values; the bill with them is compared with the one without.
    type: dict
    default: {}
  before:
    description: A report of an earlier run, to compare with, where there is one.
    type: path
  actual:
    description: Read what was paid.
    type: bool
    default: false
  region:
    description: Has no effect here; it is there because the tasks of a play share their defaults.
    type: str
extends_documentation_fragment: [slipway.aws.reads_only]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Work out the bill without NAT gateways
  slipway.aws.cost:
    environment: dev
    prices: "{{ lookup('ansible.builtin.file', 'prices.yml') | from_yaml }}"
    change: {network_nat: none}
"""

RETURN = r"""
report:
  description: Dollars a month, by host, name and AWS service; choices, change, difference to before, what was paid.
  returned: success
  type: dict
lines:
  description: The same for people.
  returned: success
  type: list
  elements: str
"""
