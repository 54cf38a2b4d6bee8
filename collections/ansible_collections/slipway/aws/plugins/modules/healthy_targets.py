"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: healthy_targets
short_description: Wait until services have healthy targets
version_added: 0.1.0
description:
  - Waits until every target group of the services that has traffic has healthy targets, and none that is unhealthy.
options:
  services:
    description: Names of the services.
    type: list
    elements: str
    required: true
  timeout:
    description: Seconds to wait at most.
    type: int
    default: 1800
attributes:
  check_mode:
    support: full
    description: Waits for nothing.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Wait until the service can get users
  slipway.aws.healthy_targets:
    services: [web]
    outputs_path: /slipway/prod
"""

RETURN = r"""
checks:
  description: What was checked, a sentence each.
  returned: always
  type: list
  elements: str
"""
