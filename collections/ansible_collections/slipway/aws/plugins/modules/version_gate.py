"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: version_gate
short_description: Refuse an upgrade that needs something of somebody, and a downgrade
version_added: 0.1.0
description:
  - Reads which version of Slipway an environment was last changed by, which the role state publishes.
  - Fails when that was a newer one, or when breaking changes lie between the two, and names them. It goes on when
    O(accepted) is the version that stands.
  - C(playbooks/vars/breaking_changes.yml) has what an upgrade needs, a list of C(version), C(what) and C(do).
options:
  version:
    description: This version.
    type: str
    required: true
  environment:
    description: Name of the environment, for messages.
    type: str
    required: true
  accepted:
    description: Version that somebody knows to upgrade from.
    type: str
    default: ''
  refuse:
    description: Fail. Else what would be refused is a warning.
    type: bool
    default: true
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Check that this version may change the environment
  slipway.aws.version_gate:
    version: 0.2.0
    environment: dev
    outputs_path: /slipway/dev
    accepted: "{{ upgrade_from | default('') }}"
  run_once: true
"""

RETURN = r"""
stands:
  description: Version that the environment was last changed by; empty when nothing stands, 0 when none was told.
  returned: success
  type: str
version:
  description: This version.
  returned: success
  type: str
breaking:
  description: Breaking changes between the two, with what to do.
  returned: success
  type: list
  elements: dict
"""
