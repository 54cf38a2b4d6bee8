"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: platform_check
short_description: Read the platform of an environment and say what is not as declared
version_added: 0.1.0
description:
  - Reads security groups (who may connect to whom), load balancer, listeners, health of targets, firewall and database,
    and compares them with what is expected. Makes no call that changes anything.
  - Does not fail by itself; see RV(problems).
options:
  expected:
    description:
      - What is expected, by part. C(network) has C(sources) and C(public_ports), C(load_balancer) has C(ssl_policy) and
        C(attributes), C(database) has properties by AWS's names, C(firewall) has nothing.
      - A part that is not named is not looked at.
    type: dict
    required: true
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Read the platform
  slipway.aws.platform_check:
    outputs_path: /slipway/dev
    expected:
      firewall: {}
      database: {MultiAZ: true}
  register: __verify_platform
"""

RETURN = r"""
checks:
  description: Everything looked at, with C(suite), C(name), C(problem) and C(seconds).
  returned: always
  type: list
  elements: dict
problems:
  description: A sentence for each check that failed.
  returned: always
  type: list
  elements: str
"""
