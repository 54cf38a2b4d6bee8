"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: drift_report
short_description: Say what of an environment is not what Git says
version_added: 0.1.0
description:
  - Collects what tasks of M(slipway.aws.converge) with O(slipway.aws.converge#module:report) would change, and compares
    the versions in releases.yml with those that run. Writes both as JSON and as Markdown.
  - Fails when there is a difference.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  findings:
    description: Directory in which the tasks left what they found; it is emptied.
    type: path
    required: true
  report:
    description: Path of the report, without its suffix.
    type: path
    required: true
  releases:
    description: Tag or digest by service, as in releases.yml.
    type: dict
    required: true
  removed:
    description: A sentence for each service that stands and is not listed, as M(slipway.aws.removed_services) tells.
    type: list
    elements: str
    default: []
  table:
    description: The environment's lease table, which holds the releases' records.
    type: str
    required: true
attributes:
  check_mode:
    support: full
    description: Changes nothing at AWS in any mode.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Report
  slipway.aws.drift_report:
    environment: dev
    findings: reports/drift/dev.findings
    report: reports/drift/dev
    releases: "{{ releases }}"
    table: slipway-dev-leases
"""

RETURN = r"""
resources:
  description: Number of resources that differ.
  returned: always
  type: int
versions:
  description: Services that run another version than Git wants, with both and why.
  returned: always
  type: list
  elements: dict
"""
