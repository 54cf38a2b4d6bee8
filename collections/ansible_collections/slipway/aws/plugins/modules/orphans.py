"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: orphans
short_description: Find what an account pays for and nothing uses
version_added: 0.1.0
description:
  - Looks at one account and region, whoever made what is there.
  - Finds addresses and volumes that belong to nothing; old snapshots; databases, load balancers and NAT gateways that
    nobody used; target groups without a listener; log groups without retention; secrets that nobody read; alarms
    without data.
  - Writes an HTML page and JSON. Fails only when something could not be looked at.
options:
  prices:
    description: Price table of the role C(bill).
    type: dict
    required: true
  days:
    description: For how many days something must have been unused.
    type: float
    default: 30
  report:
    description: Path of the report, without its ending.
    type: path
    required: true
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Find what nothing uses
  slipway.aws.orphans:
    prices: "{{ lookup('ansible.builtin.file', 'prices.yml') | from_yaml }}"
    report: "{{ playbook_dir }}/../reports/orphans/prod"
  run_once: true
"""

RETURN = r"""
lines:
  description: What was found, for people, dearest first; then the sum.
  returned: always
  type: list
  elements: str
month:
  description: What it costs together, in US dollars a month at list prices.
  returned: always
  type: float
"""
