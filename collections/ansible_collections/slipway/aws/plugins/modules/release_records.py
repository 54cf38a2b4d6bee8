"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: release_records
short_description: Read what the last release of each service wrote, and which have not ended
version_added: 0.1.0
description:
  - Reads the release records of services from the environment's table, all in one call.
  - A service without a record was never released; it waits for its first image.
options:
  services:
    description: Names of services.
    type: list
    elements: str
    required: true
  table:
    description: The environment's lease table, which holds the records too.
    type: str
    required: true
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Learn which services were released
  slipway.aws.release_records:
    services: [web, api]
    table: slipway-dev-leases
"""

RETURN = r"""
records:
  description: The record of each service that was released, by name.
  returned: always
  type: dict
unfinished:
  description: Services of which a release has neither succeeded nor been rolled back.
  returned: always
  type: list
  elements: str
"""
