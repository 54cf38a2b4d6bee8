"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: rotate_secret
short_description: Give a secret a new password
version_added: 0.1.0
description:
  - Reads a secret that is a JSON object, and writes it anew with another password, which nobody sees.
  - The version before stays readable as C(AWSPREVIOUS). Whoever is to take the new password has to be told afterwards.
options:
  secret:
    description: Name or ARN of the secret.
    type: str
    required: true
  key:
    description: What is replaced in it.
    type: str
    default: password
  length:
    description: Characters of the new password, letters and digits.
    type: int
    default: 40
  region:
    description: Region of the secret.
    type: str
attributes:
  check_mode:
    support: full
    description: Says that it would change the secret.
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Draw a new password
  slipway.aws.rotate_secret:
    secret: slipway-dev/web/database
"""

RETURN = r"""
version:
  description: Id of the new version.
  returned: when it was rotated
  type: str
"""
