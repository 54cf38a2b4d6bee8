"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: adoption_report
short_description: Say what the next run does to what was taken over, and what would be better
version_added: 0.1.0
description:
  - Reads what a plan has found, and writes a report as JSON and as Markdown. Properties that are kept as they are, are
    listed by the risk of changing them, C(none), C(restart), C(replacement), then C(outage).
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  adopted:
    description: The variable C(slipway_adopted).
    type: dict
    required: true
  findings:
    description: Directory in which M(slipway.aws.converge) left what it would change. It is emptied.
    type: path
    required: true
  report:
    description: Path of the report, without an ending.
    type: path
    required: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Say what the next run does
  slipway.aws.adoption_report:
    environment: shop
    adopted: "{{ slipway_adopted }}"
    findings: reports/adoption/shop.findings
    report: reports/adoption/shop
"""

RETURN = r"""
told:
  description: The result in a few sentences.
  returned: always
  type: list
  elements: str
changes:
  description: Number of resources among what stands that the next run would change.
  returned: always
  type: int
"""
